package tiles_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/geo/index"
	"gridwarden/geo/testsize"
	"gridwarden/tiles"
)

// over are all tiles of a frame that meet a box, of some zooms.
func over(f tiles.Frame, box geo.Box, first, last maptile.Zoom) (all []maptile.Tile) {
	for z := first; z <= last; z++ {
		nw := maptile.At(orb.Point{box.Min.Lon(), box.Max.Lat()}, z)
		se := maptile.At(orb.Point{box.Max.Lon(), box.Min.Lat()}, z)
		if f == tiles.Geographic {
			side := math.Ldexp(360, -int(z))
			nw = maptile.New(uint32((box.Min.Lon()+180)/side), uint32((90-box.Max.Lat())/side), z)
			se = maptile.New(uint32((box.Max.Lon()+180)/side), uint32((90-box.Min.Lat())/side), z)
		}
		for y := nw.Y; y <= se.Y; y++ {
			for x := nw.X; x <= se.X; x++ {
				all = append(all, maptile.New(x, y, z))
			}
		}
	}
	return all
}

// sheet is what the tiles over a town showed last.
type sheet struct {
	want  tiles.Want
	usual bool // as everybody asks: what is told is told for this
	asked bool // with fields or a filter
	all   []maptile.Tile
	drawn map[maptile.Tile][]byte
}

// told tells whether a step dirtied a tile for the sheet.
func (sh *sheet) told(d *tiles.Dirty, tile maptile.Tile) bool {
	return slices.ContainsFunc(sh.want.Layers, func(l geo.LayerName) bool { return d.Of(sh.want.Frame, l, sh.asked).Has(tile) })
}

// sheetsOver are kinds of tiles that a town is looked at in.
func sheetsOver(t testing.TB, s *index.Snapshot, box geo.Box) []*sheet {
	t.Helper()
	good, err := filter.Parse("state = '完好' AND NOT department = 'D2'")
	if err != nil {
		t.Fatal(err)
	}
	grids, blocks, assets := geo.LayerName("grids"), geo.LayerName("blocks"), tiles.AssetsLayer
	sheets := []*sheet{
		{want: tiles.Want{Layers: []geo.LayerName{grids}}, usual: true},
		{want: tiles.Want{Layers: []geo.LayerName{blocks}}, usual: true},
		{want: tiles.Want{Layers: []geo.LayerName{assets}}, usual: true},
		{want: tiles.Want{Layers: []geo.LayerName{grids}, Frame: tiles.GCJ02}, usual: true},
		{want: tiles.Want{Layers: []geo.LayerName{grids, assets}, Frame: tiles.Geographic}, usual: true},
		{want: tiles.Want{Layers: []geo.LayerName{grids}, Filter: good}, asked: true},
		{want: tiles.Want{Layers: []geo.LayerName{assets}, Filter: good}, asked: true},
		{want: tiles.Want{Layers: []geo.LayerName{assets}, Fields: []string{"categories", "owner"}}, asked: true},
		{want: tiles.Want{Layers: []geo.LayerName{grids}, Limit: 1000}},
		{want: tiles.Want{Layers: []geo.LayerName{grids, assets}, Limit: 3000}},
	}
	for _, sh := range sheets {
		sh.all, sh.drawn = over(sh.want.Frame, box, 0, 18), map[maptile.Tile][]byte{}
		for _, tile := range sh.all {
			sh.drawn[tile] = tiles.Render(s, &sh.want, tile)
		}
	}
	return sheets
}

// TestEveryTileThatChangedIsToldAndFewOthers: over a long run of edits to a town, no tile
// may differ from one view to the next without having been told dirty, and not many may be
// told that are as they were.
func TestEveryTileThatChangedIsToldAndFewOthers(t *testing.T) {
	t.Parallel()
	towns := []uint64{1}
	if testsize.Long() {
		towns = append(towns, 2, 3, uint64(time.Now().UnixNano()))
	}
	told, changed := 0, 0
	for _, seed := range towns {
		c := newTown(seed, testsize.N(5, 7), 200)
		s := after(t, index.Empty(), c.change())
		sheets := sheetsOver(t, s, c.box())
		for range testsize.N(40, 150) {
			what, change := c.edit()
			next := after(t, s, change)
			d := tiles.Changed(s, next, change, tiles.WebMercator, tiles.GCJ02, tiles.Geographic)
			for _, sh := range sheets {
				m, n := sh.redraw(t, next, d, fmt.Sprint("town ", seed, ": ", what))
				told, changed = told+m, changed+n
			}
			s = next
		}
	}
	t.Logf("told %d, really changed %d: %.3f", told, changed, float64(told)/float64(changed))
	if float64(told) > 1.5*float64(changed) {
		t.Errorf("%d tiles told for %d that changed", told, changed)
	}
}

// redraw draws all tiles from the next view and counts those that were told, and those that
// differ, of tiles as everybody asks for them.
func (sh *sheet) redraw(t testing.TB, next *index.Snapshot, d *tiles.Dirty, what string) (told, changed int) {
	t.Helper()
	for _, tile := range sh.all {
		now := tiles.Render(next, &sh.want, tile)
		isTold, differs := sh.told(d, tile), !bytes.Equal(now, sh.drawn[tile])
		if differs && !isTold {
			t.Errorf("%s: %v of %s differs and is not told", what, tile, sh.want.Key())
		}
		if sh.usual && isTold {
			told++
		}
		if sh.usual && differs {
			changed++
		}
		sh.drawn[tile] = now
	}
	return told, changed
}

// TestTwoServersGiveOneETag, one that followed every change and one that loaded
// afterwards.
func TestTwoServersGiveOneETag(t *testing.T) {
	t.Parallel()
	town := newTown(11, 5, 100)
	first := after(t, index.Empty(), town.change())
	one, s := tiles.NewCache(1<<24), first
	one.Step(index.Empty(), s, nil)
	want := tiles.Want{Layers: []geo.LayerName{"grids", "blocks", tiles.AssetsLayer}}
	all := over(tiles.WebMercator, town.box(), 10, 16)
	for range 20 {
		for _, tile := range all {
			ask(t, one, s, tiles.Request{Want: want, Tile: tile, Encoding: tiles.Zstd}, "")
		}
		_, change := town.edit()
		next := after(t, s, change)
		one.Step(s, next, change)
		s = next
	}
	other := tiles.NewCache(1 << 24)
	loaded := after(t, index.Empty(), town.reload())
	other.Step(index.Empty(), loaded, nil)
	for _, tile := range all {
		r := tiles.Request{Want: want, Tile: tile, Encoding: tiles.Gzip}
		if a, b := ask(t, one, s, r, ""), ask(t, other, loaded, r, ""); a.ETag != b.ETag {
			t.Errorf("%v is %s here and %s there", tile, a.ETag, b.ETag)
		}
	}
}

// TestNobodyIsServedATileOfAnotherView while changes come: what a cache that follows gives
// for a view is what that view draws.
func TestNobodyIsServedATileOfAnotherView(t *testing.T) {
	t.Parallel()
	town := newTown(3, 5, 100)
	var live index.Live
	c := tiles.NewCache(1 << 24)
	live.Watch(c.Step)
	live.Store(after(t, index.Empty(), town.change()))
	want := tiles.Want{Layers: []geo.LayerName{"grids", tiles.AssetsLayer}}
	all := over(tiles.WebMercator, town.box(), 15, 17)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for n := range 3 {
		readers.Go(func() {
			for i := n; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				s, tile := live.Load(), all[i%len(all)]
				got, err := c.Get(t.Context(), s, tiles.Request{Want: want, Tile: tile})
				if err != nil || !bytes.Equal(got.Bytes, tiles.Render(s, &want, tile)) {
					t.Errorf("%v at %d is not what the view draws: %v", tile, s.Position().Sequence, err)
					return
				}
			}
		})
	}
	for range testsize.N(60, 1000) {
		_, change := town.edit()
		live.Step(after(t, live.Load(), change), change)
	}
	close(done)
	readers.Wait()
	t.Logf("%+v", c.Stats())
}
