package coverage_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridwarden/geo/coverage"
)

// verdict is what PostGIS says of a geometry.
type verdict struct {
	Valid  bool
	Reason string
	Area   float64 // square degrees
}

// verdicts asks PostGIS about many geometries at once.
func verdicts(t *testing.T, conn *pgx.Conn, geometries []orb.Geometry) []verdict {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT ST_IsValid(g), ST_IsValidReason(g), ST_Area(g)
		FROM unnest($1::bytea[]) WITH ORDINALITY AS u(b, n), LATERAL ST_GeomFromWKB(b) AS g
		ORDER BY n`, encoded(t, geometries))
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[verdict])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// madeValid is what ST_MakeValid makes of the polygons of each geometry, joined.
func madeValid(t *testing.T, conn *pgx.Conn, geometries []orb.Geometry) []float64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT (SELECT ST_Area(ST_Union(ST_MakeValid(d.geom))) FROM ST_Dump(ST_GeomFromWKB(b)) AS d)
		FROM unnest($1::bytea[]) WITH ORDINALITY AS u(b, n)
		ORDER BY n`, encoded(t, geometries))
	if err != nil {
		t.Fatal(err)
	}
	areas, err := pgx.CollectRows(rows, pgx.RowTo[float64])
	if err != nil {
		t.Fatal(err)
	}
	return areas
}

func encoded(t *testing.T, geometries []orb.Geometry) [][]byte {
	t.Helper()
	out := make([][]byte, len(geometries))
	for i, g := range geometries {
		var err error
		if out[i], err = wkb.Marshal(g); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// allValid fails unless every area is valid to PostGIS, in doubles.
func allValid(t *testing.T, conn *pgx.Conn, r *coverage.Result) {
	t.Helper()
	for _, layer := range r.Layers {
		var shapes []orb.Geometry
		for _, b := range layer {
			shapes = append(shapes, degreesOf(b.Shape))
		}
		for i, v := range verdicts(t, conn, shapes) {
			if !v.Valid {
				t.Errorf("%s: %s", layer[i].Code, v.Reason)
			}
		}
	}
}

// noOverlaps fails unless the areas of each layer together are as large as their union.
func noOverlaps(t *testing.T, conn *pgx.Conn, r *coverage.Result) {
	t.Helper()
	for l, layer := range r.Layers {
		var shapes []orb.Geometry
		for _, b := range layer {
			shapes = append(shapes, degreesOf(b.Shape))
		}
		var sum, union float64
		err := conn.QueryRow(t.Context(), `
			SELECT sum(ST_Area(g)), ST_Area(ST_Union(g))
			FROM unnest($1::bytea[]) AS u(b), LATERAL ST_GeomFromWKB(b) AS g`, encoded(t, shapes)).Scan(&sum, &union)
		if err != nil {
			t.Fatal(err)
		}
		if d := (sum - union) / sum; d > 1e-11 || d < -1e-11 {
			t.Errorf("layer %d: areas sum to %g, their union is %g", l, sum, union)
		}
	}
}
