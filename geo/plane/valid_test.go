package plane_test

import (
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridwarden/geo/plane"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/testsize"
)

func TestPostGISFindsEvenOddValid(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), pgtest.NewEmpty(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	if _, err := conn.Exec(t.Context(), "CREATE EXTENSION IF NOT EXISTS postgis"); err != nil {
		t.Fatal(err)
	}
	var shapes [][]byte
	for seed := range uint64(testsize.N(1000, 30000)) {
		m := orb.MultiPolygon{}
		for _, p := range plane.EvenOdd(tangle(rand.New(rand.NewPCG(seed, 5)))) {
			polygon := orb.Polygon{}
			for _, r := range p {
				ring := orb.Ring{}
				for _, c := range r {
					ring = append(ring, orb.Point{float64(120e7+c.X) / 1e7, float64(30e7+c.Y) / 1e7})
				}
				polygon = append(polygon, append(ring, ring[0]))
			}
			m = append(m, polygon)
		}
		encoded, err := wkb.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		shapes = append(shapes, encoded)
	}
	rows, err := conn.Query(t.Context(), `
		SELECT n - 1, ST_IsValidReason(g)
		FROM unnest($1::bytea[]) WITH ORDINALITY AS u(b, n), LATERAL ST_GeomFromWKB(b) AS g
		WHERE NOT ST_IsValid(g)`, shapes)
	if err != nil {
		t.Fatal(err)
	}
	var seed int
	var reason string
	if _, err := pgx.ForEachRow(rows, []any{&seed, &reason}, func() error {
		t.Errorf("seed %d: %s", seed, reason)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
