package postgis_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/postgis/schema"
	"gridwarden/geo/testsize"
	"gridwarden/migrations"
)

// chronicle writes to a database and keeps the view of each of its states.
type chronicle struct {
	*rapid.T
	store *postgis.Store
	live  *index.Snapshot
	views map[geo.Sequence]*index.Snapshot
	keys  map[geo.Sequence][]string // with which they were loaded
}

// keep loads the newest state as it is now.
func (h *chronicle) keep() {
	all, err := h.store.LoadAll(h.Context())
	ok(h.T, err)
	view, err := index.Empty().Apply(all)
	ok(h.T, err)
	h.views[all.To.Sequence], h.keys[all.To.Sequence] = view, all.AssetKeys
	h.follow()
}

// follow takes the live view on, and loads it again where the change does not fit.
func (h *chronicle) follow() {
	news, err := h.store.Since(h.Context(), h.live.Position())
	ok(h.T, err)
	next, err := h.live.Apply(news)
	if geo.KindOf(err) == geo.Conflict {
		next, err = h.views[news.To.Sequence], nil
	}
	ok(h.T, err)
	h.live = next
}

// publish draws an edition: a layer may change, squares move, tables of duty change.
func (h *chronicle) publish() {
	base, err := h.store.Base(h.Context(), "grids", "parks")
	ok(h.T, err)
	p := geo.Publication{Base: base.Edition, Duty: tables(h.T), Note: fmt.Sprint(base.Edition)}
	layers := []geo.Layer{grids, {Name: "parks", Kind: geo.Overlay, Rank: 7, Visibility: geo.Public}}
	for i := range layers {
		known := slices.ContainsFunc(base.Layers, func(l geo.Layer) bool { return l.Name == layers[i].Name })
		if i == 0 && !known || rapid.Bool().Draw(h.T, "layer") {
			layers[i].Rank, layers[i].Title = rapid.IntRange(0, 9).Draw(h.T, "rank"), fmt.Sprint(base.Edition)
			layers[i].Authority, layers[i].Lock = layers[i].Title, rapid.SampledFrom([]geo.Lock{geo.LockByNesting, geo.Locked, geo.Unlocked}).Draw(h.T, "lock")
			layers[i].SmallestArea, layers[i].LargestArea = float64(base.Edition), 1e9
			p.Layers, known = append(p.Layers, layers[i]), true
		}
		if known {
			h.squares(&p, base, layers[i].Name)
		}
	}
	_, _, err = h.store.Publish(h.Context(), &p)
	ok(h.T, err)
}

func (h *chronicle) squares(p *geo.Publication, base *geo.Base, layer geo.LayerName) {
	for _, code := range rapid.SliceOfNDistinct(rapid.StringMatching("[A-D]"), 0, 3, rapid.ID).Draw(h.T, "codes") {
		at := slices.IndexFunc(base.Areas, func(a *geo.Area) bool { return a.Layer == layer && a.Code == geo.AreaCode(code) })
		if at >= 0 {
			p.Ended = append(p.Ended, base.Areas[at].ID)
		}
		if at < 0 || rapid.Bool().Draw(h.T, "again") {
			p.Areas = append(p.Areas, square(layer, geo.AreaCode(code), rapid.Int32Range(0, 3).Draw(h.T, "x"), rapid.Int32Range(0, 3).Draw(h.T, "y")))
		}
	}
}

// assets draws an import of assets, some with attributes, some with a shape.
func (h *chronicle) assets() {
	var all []geo.Asset
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 20), 1, 8, rapid.ID).Draw(h.T, "assets") {
		a := lamp(geo.AssetID(fmt.Sprint("L", n)), rapid.Int32Range(0, 300_000).Draw(h.T, "x"))
		attributes := []string{"", `{"material":"铁","size":3}`, `{"size":"2","other":"x"}`, `{"material":null}`}
		a.Attributes = json.RawMessage(rapid.SampledFrom(attributes).Draw(h.T, "attributes"))
		if n%5 == 0 {
			a.Shape = &geo.Shape{Lines: geo.MultiLine{{a.Point, {X: a.Point.X + 900, Y: a.Point.Y}}}}
		}
		all = append(all, a)
	}
	_, err := h.store.ImportAssets(h.Context(), given(all...), false)
	ok(h.T, err)
}

func (h *chronicle) bodies() {
	code := geo.DepartmentCode(rapid.StringMatching("[A-C]").Draw(h.T, "department"))
	_, err := h.store.ImportDepartments(h.Context(), []geo.Department{{Code: code, Name: words().Draw(h.T, "name") + "."}}, false)
	ok(h.T, err)
	key := geo.CategoryKey{Standard: "S", Kind: geo.Matter, Code: string(code)}
	_, err = h.store.ImportCategories(h.Context(), []geo.Category{{CategoryKey: key, Name: words().Draw(h.T, "name") + "."}}, false)
	ok(h.T, err)
}

func (h *chronicle) ruling() {
	id := geo.RulingID(fmt.Sprint(h.live.Position().Sequence))
	ok(h.T, h.store.AddRuling(h.Context(), geo.Ruling{ID: id, Report: "r", Department: "A"}))
	if rapid.Bool().Draw(h.T, "ends") {
		ok(h.T, h.store.EndRuling(h.Context(), id, ""))
	}
}

// compare leads the live view back and looks whether everything is as it was.
func (h *chronicle) compare(sequence geo.Sequence, then *index.Snapshot) {
	back, err := h.store.Past(h.Context(), h.live.Position(), sequence)
	ok(h.T, err)
	past, err := h.live.Apply(back)
	ok(h.T, err)
	same(h.T, "position", past.Position(), then.Position())
	same(h.T, "edition", past.Edition(), then.Edition())
	same(h.T, "layers", past.Layers(), then.Layers())
	for _, l := range then.Layers() {
		same(h.T, "chain", past.Chain(l.Name), then.Chain(l.Name))
		same(h.T, "areas", slices.Collect(past.Areas(l.Name, "")), slices.Collect(then.Areas(l.Name, "")))
	}
	same(h.T, "departments", append([]geo.Department{}, past.Departments()...), append([]geo.Department{}, then.Departments()...))
	same(h.T, "categories", past.Categories(), then.Categories())
	same(h.T, "duty", past.Duty(), then.Duty())
	if !slices.EqualFunc(slices.Collect(past.Assets(geo.AssetKey{})), slices.Collect(then.Assets(geo.AssetKey{})), equalAssets) {
		h.Fatalf("the assets of %d are not those of then", sequence)
	}
	// A view of before a duty row asked for an attribute lacks it.
	if slices.Equal(back.AssetKeys, h.keys[sequence]) && past.ContentHash() != then.ContentHash() {
		h.Fatalf("the view of %d is not the one of then", sequence)
	}
	for range 5 {
		at := geo.Coord{X: 1_200_000_000 + rapid.Int32Range(0, 500_000).Draw(h.T, "lon"), Y: 300_000_000 + rapid.Int32Range(0, 500_000).Draw(h.T, "lat")}
		same(h.T, "place", past.Locate(at), then.Locate(at))
	}
}

// equalAssets compares all but the attributes.
func equalAssets(a, b geo.Asset) bool {
	a.Attributes, b.Attributes = nil, nil
	return reflect.DeepEqual(a, b)
}

func TestThePastIsShownAsItWas(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	rapid.Check(t, func(t *rapid.T) {
		h := &chronicle{T: t, store: store, live: index.Empty(), views: map[geo.Sequence]*index.Snapshot{}, keys: map[geo.Sequence][]string{}}
		h.keep()
		for range rapid.IntRange(1, testsize.N(4, 12)).Draw(t, "changes") {
			rapid.SampledFrom([]func(){h.publish, h.publish, h.assets, h.bodies, h.ruling}).Draw(t, "kind")()
			h.keep()
		}
		for sequence, then := range h.views {
			h.compare(sequence, then)
		}
	})
}

func TestAPastThatIsNotOfThisHistoryIsRefused(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	importAssets(t, store, lamp("1", 0))
	now := loaded(t, store).To
	for _, to := range []geo.Sequence{-1, 0, now.Sequence + 1} {
		_, err := store.Past(t.Context(), now, to)
		refused(t, err, geo.Invalid, "past")
	}
	for _, from := range []geo.Position{{Sequence: now.Sequence, Change: geo.ChangeID{1}}, {Sequence: 99, Change: now.Change}} {
		if _, err := store.Past(t.Context(), from, 1); !errors.Is(err, postgis.ErrHistory) {
			t.Errorf("from %+v: %v", from, err)
		}
	}
}

func TestAMomentIsAnsweredByTheEditionInForce(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	day := func(n int) time.Time { return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC) }
	moment := func(at time.Time, edition geo.Edition, knownNow bool) postgis.PastMoment {
		t.Helper()
		m, err := store.Moment(t.Context(), at, edition, knownNow)
		check(t, err)
		return m
	}
	if got := moment(day(1), 0, false); !got.Newest || got.BeforeFirst || got.Sequence != 1 {
		t.Errorf("before anything was published: %+v", got)
	}
	_, err := store.Moment(t.Context(), time.Time{}, 1, false)
	refused(t, err, geo.NotFound, "none at all")
	// Sequence: 1 built in, 2 edition 1, 3 assets, 4 edition 2, 5 assets, 6 edition 3 in
	// effect since day 3 and published late, 7 assets. One change a day.
	publish(t, store, geo.Publication{Layers: []geo.Layer{grids}, EffectiveFrom: day(2)})
	importAssets(t, store, lamp("1", 0))
	publish(t, store, geo.Publication{EffectiveFrom: day(4)})
	importAssets(t, store, lamp("1", 1))
	publish(t, store, geo.Publication{EffectiveFrom: day(3)})
	importAssets(t, store, lamp("1", 2))
	for _, sql := range []string{
		"UPDATE changes SET at = timestamptz '2026-03-01 00:00Z' + (sequence - 1) * interval '1 day'",
		"UPDATE editions e SET published_at = c.at - interval '1 second' FROM changes c WHERE c.id = e.change",
	} {
		_, err := conn.Exec(t.Context(), sql)
		check(t, err)
	}
	for name, c := range map[string]struct {
		at       time.Time
		edition  geo.Edition
		knownNow bool
		want     postgis.PastMoment
	}{
		"before every edition":          {at: day(1), want: postgis.PastMoment{Sequence: 2, Edition: 1, BeforeFirst: true}},
		"long before":                   {at: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), want: postgis.PastMoment{Sequence: 2, Edition: 1, BeforeFirst: true}},
		"long before, known now":        {at: day(1), knownNow: true, want: postgis.PastMoment{Sequence: 2, Edition: 1, BeforeFirst: true}},
		"while the first is written":    {at: day(2).Add(-time.Second / 2), want: postgis.PastMoment{Sequence: 2, Edition: 1, BeforeFirst: true}},
		"the moment of the first":       {at: day(2), want: postgis.PastMoment{Sequence: 2, Edition: 1}},
		"assets changed since":          {at: day(3), want: postgis.PastMoment{Sequence: 3, Edition: 1}},
		"the second":                    {at: day(4), want: postgis.PastMoment{Sequence: 4, Edition: 2}},
		"between two changes":           {at: day(5).Add(time.Hour), want: postgis.PastMoment{Sequence: 5, Edition: 2}},
		"known now, before the second":  {at: day(2).Add(time.Hour), knownNow: true, want: postgis.PastMoment{Sequence: 3, Edition: 1}},
		"known now, by the late third":  {at: day(3), knownNow: true, want: postgis.PastMoment{Sequence: 7, Edition: 3, Newest: true}},
		"the newest":                    {at: day(9), want: postgis.PastMoment{Sequence: 7, Edition: 3, Newest: true}},
		"edition 1, its last state":     {edition: 1, want: postgis.PastMoment{Sequence: 3, Edition: 1}},
		"edition 2, its last state":     {edition: 2, want: postgis.PastMoment{Sequence: 5, Edition: 2}},
		"edition 3 holds still":         {edition: 3, want: postgis.PastMoment{Sequence: 7, Edition: 3, Newest: true}},
		"the newest, not published yet": {at: day(6).Add(-2 * time.Second), want: postgis.PastMoment{Sequence: 5, Edition: 2}},
	} {
		if got := moment(c.at, c.edition, c.knownNow); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for _, n := range []geo.Edition{-1, 4} {
		_, err := store.Moment(t.Context(), time.Time{}, n, false)
		refused(t, err, geo.NotFound, "from 1 to 3")
	}
}

func TestAssetsBringTheAttributesThatDutyRowsAskFor(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	a, b, c := lamp("1", 0), lamp("2", 1), lamp("3", 2)
	a.Attributes, b.Attributes = json.RawMessage(`{"material":"铁","size":3,"state":"x"}`), json.RawMessage(`{"size":true,"other":"y","material":""}`)
	importAssets(t, store, a, b, c)
	start := loaded(t, store)
	told := func(c *geo.Changes) (all []string) {
		for _, a := range c.Assets {
			all = append(all, string(a.ID)+string(a.Attributes))
		}
		slices.Sort(all)
		return all
	}
	if got := told(start); !slices.Equal(got, []string{"1", "2", "3"}) || start.AssetKeys != nil {
		t.Errorf("without duty rows: %v, %v", got, start.AssetKeys)
	}
	rows := []geo.DutyRow{{ID: "1", AssetWhere: "material=铁；size=3", Assign: "fallback"}, {ID: "2", AssetWhere: "state=x;name=y;=", Assign: "fallback"}, {ID: "3", AssetWhere: "state=x", Assign: "fallback"}}
	publish(t, store, geo.Publication{Duty: geo.DutyTables{Rules: rows}})
	publish(t, store, geo.Publication{Duty: geo.DutyTables{Rules: rows[1:]}})
	want := []string{`1{"material":"铁","size":"3"}`, `2{"size":"true"}`, "3"}
	now := loaded(t, store)
	if got := told(now); !slices.Equal(got, want) || !slices.Equal(now.AssetKeys, []string{"material", "size"}) {
		t.Errorf("loaded %q by %v, want %q", got, now.AssetKeys, want)
	}
	a.State = "破损"
	importAssets(t, store, a)
	news, err := store.Since(t.Context(), now.To)
	check(t, err)
	back, err := store.Past(t.Context(), news.To, now.To.Sequence)
	check(t, err)
	for _, got := range [][]string{told(news), told(back)} {
		if !slices.Equal(got, want[:1]) {
			t.Errorf("followed %q", got)
		}
	}
	// A view that was loaded without them has to be loaded again.
	view, err := index.Empty().Apply(start)
	check(t, err)
	asked, err := store.Since(t.Context(), start.To)
	check(t, err)
	_, err = view.Apply(asked)
	refused(t, err, geo.Conflict, "load the view again")
}

// TestLayersChangedBeforeTheirPastWasKeptAreThereThen looks back over the migration that
// began to keep it.
func TestLayersChangedBeforeTheirPastWasKeptAreThereThen(t *testing.T) {
	t.Parallel()
	url := pgtest.NewEmpty(t)
	check(t, schema.MigrateTo(t.Context(), url, migrations.Files(), 2))
	_, err := dial(t, url).Exec(t.Context(), `
INSERT INTO changes (sequence, id, kind) SELECT n, lpad(n::text, 32, '0')::uuid, 'areas' FROM generate_series(2, 4) AS n;
UPDATE state SET sequence = 4;
INSERT INTO editions (number, published_at, effective_from, change) SELECT 1, now(), now(), id FROM changes WHERE sequence = 3;
INSERT INTO layers (name, kind, title, changed) SELECT 'grids', 'coverage', '网格', id FROM changes WHERE sequence = 4;
INSERT INTO areas (layer, kind, code, shape, from_edition, input_hash, begun)
SELECT 'grids', 'coverage', 'A', ST_Multi(ST_MakeEnvelope(120, 30, 120.1, 30.1, 4326)), 1, sha256(''), id FROM changes WHERE sequence = 3;`)
	check(t, err)
	store := openAt(t, url)
	check(t, store.Migrate(t.Context()))
	now := loaded(t, store)
	view, err := index.Empty().Apply(now)
	check(t, err)
	for to, want := range map[geo.Sequence]int{1: 0, 2: 0, 3: 1, 4: 1} {
		back, err := store.Past(t.Context(), now.To, to)
		check(t, err)
		past, err := view.Apply(back)
		check(t, err)
		if layers := past.Layers(); len(layers) != want || past.AreaCount("grids") != want {
			t.Errorf("at %d: %+v with %d areas", to, layers, past.AreaCount("grids"))
		}
	}
	// What editions brought is counted for those of then too.
	if first, err := store.Edition(t.Context(), 1); err != nil || first.Begun != 1 || first.Ended != 0 {
		t.Errorf("the first edition is told as %+v, %v", first, err)
	}
}
