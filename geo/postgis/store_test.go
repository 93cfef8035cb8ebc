package postgis_test

import (
	"crypto/sha256"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// open is a store on a database of the test's own, and a connection to look behind it.
func open(t *testing.T) (*postgis.Store, *pgx.Conn) {
	t.Helper()
	url := pgtest.New(t)
	return openAt(t, url), dial(t, url)
}

func openAt(t *testing.T, url string) *postgis.Store {
	t.Helper()
	store, err := postgis.Open(t.Context(), url, slog.New(slog.NewTextHandler(t.Output(), nil)))
	check(t, err)
	t.Cleanup(store.Close)
	return store
}

func dial(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	check(t, err)
	t.Cleanup(func() { conn.Close(t.Context()) })
	return conn
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// refused fails unless err is of the kind and its sentence holds every word.
func refused(t *testing.T, err error, kind geo.Kind, words ...string) {
	t.Helper()
	if err == nil || geo.KindOf(err) != kind {
		t.Fatalf("error %v of kind %d, want kind %d", err, geo.KindOf(err), kind)
	}
	var ours *geo.Error
	said := err.Error()
	if errors.As(err, &ours) {
		said = ours.Said.String()
	}
	for _, word := range words {
		if !strings.Contains(said, word) {
			t.Errorf("%q does not say %q", said, word)
		}
	}
	for _, internal := range []string{"SQLSTATE", "ERROR:", "pgx", "relation"} {
		if strings.Contains(said, internal) {
			t.Errorf("%q tells %q to the client", said, internal)
		}
	}
}

func count(t *testing.T, conn *pgx.Conn, sql string, args ...any) (n int) {
	t.Helper()
	check(t, conn.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

// square is the area of one grid cell of a hundredth of a degree.
func square(layer geo.LayerName, code geo.AreaCode, x, y int32) *geo.Area {
	const step = 100_000
	at := func(dx, dy int32) geo.Coord {
		return geo.Coord{X: 1_200_000_001 + (x+dx)*step, Y: 300_000_003 + (y+dy)*step}
	}
	return &geo.Area{
		Layer: layer, Code: code, Name: "网格" + string(code), InputHash: sha256.Sum256([]byte(code)),
		Shape: geo.Shape{Polygons: geo.MultiPolygon{{{at(0, 0), at(1, 0), at(1, 1), at(0, 1)}}}},
	}
}

var grids = geo.Layer{Name: "grids", Title: "单元网格", Kind: geo.Coverage, Rank: 1, Visibility: geo.Protected}

// publish makes an edition on top of the newest.
func publish(t *testing.T, store *postgis.Store, p geo.Publication) (geo.EditionInfo, geo.Position) {
	t.Helper()
	base, err := store.Base(t.Context())
	check(t, err)
	p.Base = base.Edition
	edition, at, err := store.Publish(t.Context(), &p)
	check(t, err)
	return edition, at
}

func lamp(id geo.AssetID, x int32) geo.Asset {
	return geo.Asset{
		ID: id, Category: geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Component, Code: "0118"},
		Name: "路灯", State: "完好", Authority: "A", Maintainer: "M", Point: geo.Coord{X: 1_200_000_000 + x, Y: 300_000_000},
	}
}

func given(assets ...geo.Asset) iter.Seq2[geo.Asset, error] {
	return func(yield func(geo.Asset, error) bool) {
		for _, a := range assets {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func importAssets(t *testing.T, store *postgis.Store, assets ...geo.Asset) postgis.Outcome {
	t.Helper()
	out, err := store.ImportAssets(t.Context(), given(assets...), false)
	check(t, err)
	return out
}
