package drafts_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
)

// small is how many grids most towns have in each direction; a community has 3 by 3, a
// district 6 by 6 of them.
const small = 12

// town is a database with a town in it, and what one server makes of it.
type town struct {
	t     testing.TB
	url   string
	store *postgis.Store
	live  *index.Live
	mu    sync.Mutex
	log   *strings.Builder
}

// newTown has a small town published as edition 1.
func newTown(t testing.TB) *town { return townOf(t, small) }

// townOf is a town of so many grids in each direction, at most 48.
func townOf(t testing.TB, side int) *town {
	w := openTown(t, pgtest.New(t))
	out, err := planning.Import(t.Context(), &geo.Base{}, layers(side), planning.Options{})
	w.check(err)
	_, _, err = w.store.Publish(t.Context(), out.Publication)
	w.check(err)
	w.follow()
	return w
}

// openTown is another server of a town.
func openTown(t testing.TB, url string) *town {
	store, err := postgis.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return &town{t: t, url: url, store: store, live: &index.Live{}, log: &strings.Builder{}}
}

func (w *town) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// layers are the grids, with codes as the standard has them, joined into communities and
// those into districts.
func layers(side int) []geo.LayerInput {
	grids := geo.LayerInput{Layer: geo.Layer{Name: "grids", Kind: geo.Coverage}}
	for i := range side * side {
		x, y := i%side, i/side
		code := grid(x, y)
		fields, _ := json.Marshal(map[string]geo.AreaCode{"community": code[:12], "district": code[:6]})
		grids.Areas = append(grids.Areas, geo.AreaInput{
			Code: code, Name: string(code), Attributes: fields, Hash: geo.InputHash{1, byte(i), byte(i >> 8)},
			Parts: []geo.AreaPart{{Geometry: orb.Polygon{{corner(x, y), corner(x+1, y), corner(x+1, y+1), corner(x, y+1), corner(x, y)}}}},
		})
	}
	above := func(name, from geo.LayerName, field string) geo.LayerInput {
		return geo.LayerInput{
			Layer:    geo.Layer{Name: name, Kind: geo.Coverage, Lock: geo.Unlocked},
			Dissolve: &geo.Dissolve{From: from, Code: field},
		}
	}
	return []geo.LayerInput{grids, above("communities", "grids", "community"), above("districts", "communities", "district")}
}

// corner is a corner of grids in degrees; they are a thousandth wide.
func corner(x, y int) orb.Point {
	return orb.Point{120 + float64(x)/1000, 30 + float64(y)/1000}
}

func at(x, y float64) *orb.Point { return &orb.Point{120 + x/1000, 30 + y/1000} }

func line(x1, y1, x2, y2 float64) orb.LineString { return orb.LineString{*at(x1, y1), *at(x2, y2)} }

// grid is the code of the grid in a column and row.
func grid(x, y int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("3301%02d00%d00%d%03d", 1+x/6+8*(y/6), 1+x%6/3, 1+y%6/3, 1+x%3+3*(y%3)))
}

// follow serves the newest state.
func (w *town) follow() {
	w.t.Helper()
	c, err := w.store.Load(w.t.Context(), func(*geo.Asset) error { return nil })
	w.check(err)
	view, err := index.Empty().Apply(c)
	w.check(err)
	w.live.Store(view)
}

// past is the view of an edition.
func (w *town) past(ctx context.Context, edition geo.Edition) (*index.Snapshot, error) {
	moment, err := w.store.Moment(ctx, time.Time{}, edition, false)
	if err != nil {
		return nil, err
	}
	now := w.live.Load()
	if now.Position().Sequence == moment.Sequence {
		return now, nil
	}
	c, err := w.store.Past(ctx, now.Position(), moment.Sequence)
	if err != nil {
		return nil, err
	}
	return now.Apply(c)
}

// desk is a desk of this server.
func (w *town) desk(change ...func(*drafts.Config)) *drafts.Desk {
	c := drafts.Config{Store: w.store, Live: w.live, Past: w.past, Log: slog.New(slog.NewTextHandler(w, nil))}
	for _, f := range change {
		f(&c)
	}
	return drafts.New(c)
}

// Write takes what desks log.
func (w *town) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

func (w *town) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

func (w *town) draft(ctx context.Context, d *drafts.Desk) geo.DraftID {
	w.t.Helper()
	draft, err := d.Create(ctx, "plan", 0)
	w.check(err)
	return draft.ID
}

func (w *town) edit(ctx context.Context, d *drafts.Desk, id geo.DraftID, e planning.Edit) *drafts.Done {
	w.t.Helper()
	done, err := d.Edit(ctx, id, 0, e, "because")
	if err != nil {
		w.t.Fatalf("%s: %v", e.Kind, err)
	}
	return done
}

func (w *town) publish(ctx context.Context, d *drafts.Desk, id geo.DraftID) *drafts.Published {
	w.t.Helper()
	done, err := d.Publish(ctx, id, drafts.PublishOptions{Base: w.live.Load().Edition().Number})
	w.check(err)
	w.follow()
	return done
}

// as is a context in which a person acts.
func as(t testing.TB, name string, scope ...geo.AreaCode) context.Context {
	return geo.By(t.Context(), geo.Actor{Name: name, Scope: scope})
}

// rename is an edit that gives a grid a name.
func rename(code geo.AreaCode, name string) planning.Edit {
	return planning.Edit{Kind: planning.Set, Layer: "grids", Areas: []geo.AreaCode{code}, Name: &name}
}

// moveCorner moves the corner of grids at a column and row by some hundredths of a grid.
func moveCorner(x, y int, dx, dy float64) planning.Edit {
	return planning.Edit{
		Kind: planning.MoveNode, Layer: "grids", Parents: planning.FollowParents,
		At: at(float64(x), float64(y)), To: at(float64(x)+dx/100, float64(y)+dy/100),
	}
}

// shows is all that a view shows of areas and groups, IDs and the hashes of inputs aside
// where so is asked.
func shows(t testing.TB, view *index.Snapshot, ids bool) string {
	t.Helper()
	var b strings.Builder
	for _, l := range view.Layers() {
		for a := range view.Areas(l.Name, "") {
			shown := *a
			if !ids {
				shown.ID, shown.From, shown.InputHash = 0, 0, geo.InputHash{}
			}
			fmt.Fprintf(&b, "%+v\n", shown)
		}
	}
	fmt.Fprintf(&b, "%+v\n", view.Duty().Groups)
	return b.String()
}
