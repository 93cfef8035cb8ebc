package postgis_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
)

func TestWhatIsPublishedIsReadBack(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	a := square("grids", "330103001001001", 0, 0)
	a.Department, a.Attributes = "D1", json.RawMessage(`{"用地": "R2"}`)
	hole := geo.Ring{{X: 1_200_020_001, Y: 300_020_003}, {X: 1_200_020_001, Y: 300_030_003}, {X: 1_200_030_001, Y: 300_020_003}}
	a.Shape.Polygons[0] = append(a.Shape.Polygons[0], hole)
	a.Shape.Polygons = append(a.Shape.Polygons, square("", "", 5, 5).Shape.Polygons...)
	road := &geo.Area{
		Layer: "roads", Code: "R1", Name: "解放路", Side: geo.Left, Reach: 12.5, Class: "主干路",
		Shape: geo.Shape{Lines: geo.MultiLine{{{X: 1_200_000_000, Y: 300_000_000}, {X: 1_200_000_007, Y: 300_000_001}}}},
	}
	roads := geo.Layer{Name: "roads", Kind: geo.Lines, Reach: 30, Rank: 2, Visibility: geo.Public, Authority: "民政局", Lock: geo.Locked, SmallestArea: 0.1, LargestArea: 1e9}
	day := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	edition, at := publish(t, store, geo.Publication{Note: "普查", EffectiveFrom: day, Layers: []geo.Layer{roads, grids}, Areas: []*geo.Area{a, road}})
	if edition.Number != 1 || at.Sequence != 2 || !edition.EffectiveFrom.Equal(day) {
		t.Errorf("%+v at %+v", edition, at)
	}

	got, err := store.LoadAll(t.Context())
	check(t, err)
	if got.To != at || got.Edition != edition || got.History == [16]byte{} {
		t.Errorf("loaded %+v %+v, published %+v %+v", got.To, got.Edition, at, edition)
	}
	if want := []geo.Layer{grids, roads}; !reflect.DeepEqual(got.Layers, want) {
		t.Errorf("layers %+v, want %+v", got.Layers, want)
	}
	for i, want := range []*geo.Area{a, road} {
		want.ID, want.From = got.Areas[i].ID, 1
		if !reflect.DeepEqual(got.Areas[i], want) || want.ID == 0 {
			t.Errorf("got %+v, want %+v", got.Areas[i], want)
		}
	}
}

func TestNothingPublishedIsEverOverwritten(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0), square("grids", "B", 1, 0)}})
	first, err := store.Base(t.Context(), "grids")
	check(t, err)
	publish(t, store, geo.Publication{Ended: []geo.AreaID{first.Areas[0].ID}, Areas: []*geo.Area{square("grids", "A", 0, 1)}})

	second, err := store.Base(t.Context(), "grids", "nowhere")
	check(t, err)
	if second.Edition != 2 || len(second.Areas) != 2 || second.Areas[0].ID == first.Areas[0].ID || second.Areas[0].From != 2 {
		t.Errorf("base %+v", second)
	}
	if !reflect.DeepEqual(second.Areas[1], first.Areas[1]) {
		t.Errorf("B changed from %+v to %+v", first.Areas[1], second.Areas[1])
	}
	if n := count(t, conn, "SELECT count(*) FROM areas WHERE code = 'A' AND from_edition = 1 AND until_edition = 2 AND ST_YMin(shape) < 30.001"); n != 1 {
		t.Errorf("%d old versions of A", n)
	}
}

func TestTwoPlannersCannotPublishOverEachOther(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}})
	var won, lost atomic.Int32
	var all sync.WaitGroup
	for i := range int32(4) {
		all.Go(func() {
			_, _, err := store.Publish(t.Context(), &geo.Publication{Base: 1, Areas: []*geo.Area{square("grids", "A", i, 0)}})
			switch {
			case err == nil:
				won.Add(1)
			case geo.KindOf(err) == geo.Conflict:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 || lost.Load() != 3 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
	if n := count(t, conn, "SELECT count(*) FROM changes"); n != 3 {
		t.Errorf("%d changes", n)
	}
}

func TestARefusedPublicationLeavesNothing(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
	bow := square("grids", "BOW", 3, 3)
	bow.Shape.Polygons[0][0][0], bow.Shape.Polygons[0][0][1] = bow.Shape.Polygons[0][0][1], bow.Shape.Polygons[0][0][0]
	line := square("grids", "LINE", 0, 0)
	line.Shape = geo.Shape{Lines: geo.MultiLine{{{X: 1, Y: 1}, {X: 2, Y: 2}}}}
	broken := square("grids", "NUL", 3, 3)
	broken.Name = "a\x00b"
	for name, c := range map[string]struct {
		p     geo.Publication
		kind  geo.Kind
		words []string
	}{
		"old base":       {geo.Publication{Base: 0}, geo.Conflict, []string{"edition 1"}},
		"future base":    {geo.Publication{Base: 7}, geo.Conflict, []string{"edition 7"}},
		"code twice":     {geo.Publication{Base: 1, Areas: []*geo.Area{square("grids", "A", 1, 1)}}, geo.Conflict, []string{"twice"}},
		"ended already":  {geo.Publication{Base: 1, Ended: []geo.AreaID{999}}, geo.Conflict, []string{"1 of the 1"}},
		"invalid shape":  {geo.Publication{Base: 1, Areas: []*geo.Area{bow}}, geo.Faulty, []string{"BOW", "grids", "Self-intersection"}},
		"empty shape":    {geo.Publication{Base: 1, Areas: []*geo.Area{{Layer: "grids", Code: "E"}}}, geo.Faulty, []string{"empty"}},
		"line in grids":  {geo.Publication{Base: 1, Areas: []*geo.Area{line}}, geo.Invalid, []string{"polygons"}},
		"no such layer":  {geo.Publication{Base: 1, Areas: []*geo.Area{square("parks", "P", 0, 0)}}, geo.Invalid, []string{"layers that do not exist"}},
		"NUL in a name":  {geo.Publication{Base: 1, Areas: []*geo.Area{broken}}, geo.Invalid, []string{"NUL"}},
		"bounds crossed": {geo.Publication{Base: 1, Layers: []geo.Layer{{Name: "grids", Kind: geo.Coverage, SmallestArea: 2, LargestArea: 1}}}, geo.Invalid, []string{"grids", "2 m²"}},
		"kind of a used": {geo.Publication{Base: 1, Layers: []geo.Layer{{Name: "grids", Kind: geo.Overlay}}}, geo.Conflict, []string{"grids", "overlay"}},
	} {
		_, _, err := store.Publish(t.Context(), &c.p)
		t.Log(name, err)
		refused(t, err, c.kind, c.words...)
	}
	if n := count(t, conn, "SELECT count(*) FROM changes") + count(t, conn, "SELECT count(*) FROM areas") + count(t, conn, "SELECT count(*) FROM editions"); n != 4 {
		t.Errorf("something was written")
	}
}

func TestTheDatabaseItselfRefusesNonsense(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, Areas: []*geo.Area{square("grids", "A", 0, 0)}})
	for _, sql := range []string{
		"UPDATE areas SET shape = ST_SetSRID(ST_GeomFromText('MULTIPOLYGON(((0 0,1 1,1 0,0 1,0 0)))'), 4326)",
		"UPDATE areas SET shape = ST_SetSRID(ST_GeomFromText('MULTIPOLYGON(((0 0,200 0,0 1,0 0)))'), 4326)",
		"UPDATE areas SET shape = ST_SetSRID(shape, 3857)",
		"UPDATE areas SET shape = ST_SetSRID(ST_MakePoint(0, 0), 4326)",
		"UPDATE areas SET until_edition = 1, ended = begun",
		"UPDATE areas SET until_edition = 2",
		"UPDATE areas SET attributes = '[]'",
		"UPDATE areas SET code = ''",
		"UPDATE areas SET reach = -1",
		"UPDATE layers SET parent = 'nowhere'",
		"UPDATE layers SET visibility = 'everyone'",
		"UPDATE layers SET lock = 'shut'",
		"UPDATE layers SET smallest_area = -1",
		"DELETE FROM editions",
		"INSERT INTO state (only_row) VALUES (true)",
		"INSERT INTO departments (code, name, parent, begun) VALUES ('x', 'x', 'nobody', gen_random_uuid())",
		"INSERT INTO departments (code, name, parent, begun) SELECT c, c, p, gen_random_uuid() FROM (VALUES ('1', ''), ('2', '1'), ('3', '2'), ('4', '3')) AS t (c, p)",
		"INSERT INTO departments (code, name, parent, begun) SELECT c, c, p, gen_random_uuid() FROM (VALUES ('1', '2'), ('2', '1')) AS t (c, p)",
		"INSERT INTO assets (standard, id, kind, category, point, content, begun) VALUES ('s', '1', 'component', 'c', ST_Point(181, 0, 4326), sha256(''), gen_random_uuid())",
	} {
		_, err := conn.Exec(t.Context(), sql)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code[:2] != "23" && pg.Code[:2] != "22" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func TestChangeNumbersHaveNoHolesHoweverManyWrite(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	var all sync.WaitGroup
	for i := range int32(12) {
		all.Go(func() {
			id := geo.AssetID('a' + i)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			seq := func(yield func(geo.Asset, error) bool) {
				if yield(lamp(id, i), nil) && i%3 == 0 {
					cancel() // a writer that gives up half way takes no number
				}
			}
			if _, err := store.ImportAssets(ctx, seq, false); (err != nil) != (i%3 == 0) {
				t.Errorf("writer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if n := count(t, conn, "SELECT count(*) FROM changes"); n != 9 || n != count(t, conn, "SELECT max(sequence) FROM changes") || n != count(t, conn, "SELECT sequence FROM state") {
		t.Errorf("%d changes", n)
	}
}
