package index

import (
	"fmt"
	"sync"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

func TestReadersAreNeverStoppedNorShownHalfAChange(t *testing.T) {
	t.Parallel()
	var live Live
	if live.Load().AssetCount() != 0 {
		t.Fatal("a live view starts empty")
	}
	steps := testsize.N(300, 3000)
	// Step n ends area and asset n and begins n+1: each view holds one of each, of one number.
	step := func(n int) *geo.Changes {
		c := &geo.Changes{From: position(n), To: position(n + 1)}
		if n == 0 {
			c.From = geo.Position{}
			c.Layers = []geo.Layer{{Name: "grids", Kind: geo.Coverage}}
		} else {
			c.AreasEnded, c.AssetsEnded = []geo.AreaID{geo.AreaID(n)}, []geo.AssetVersion{geo.AssetVersion(n)}
		}
		c.Areas = []*geo.Area{squareArea(n+1, "grids", fmt.Sprint(n+1), 0, 0, 10)}
		c.Assets = []geo.Asset{{Version: geo.AssetVersion(n + 1), ID: geo.AssetID(fmt.Sprint(n + 1)), Point: geo.Coord{X: 5, Y: 5}}}
		return c
	}
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				s := live.Load()
				if s.Position() == (geo.Position{}) {
					continue
				}
				want := fmt.Sprint(s.Position().Sequence)
				hits := s.Locate(geo.Coord{X: 5, Y: 5}).Areas
				near := s.NearestAssets(geo.Coord{X: 5, Y: 5}, geo.CategoryKey{}, 1, 5)
				if len(hits) != 1 || string(hits[0].Area.Code) != want || len(near) != 1 || string(near[0].Asset.ID) != want {
					t.Errorf("view %s holds %v and %v", want, hits, near)
					return
				}
			}
		})
	}
	for n := range steps {
		next, err := live.Load().Apply(step(n))
		if err != nil {
			t.Fatal(err)
		}
		live.Store(next)
	}
	close(done)
	readers.Wait()
}

func TestTwoChangesMayBeTriedOnOneViewAtOnce(t *testing.T) {
	t.Parallel()
	m := newMesh(random(1), 6, 6, 9)
	s := view(t, m.chain(2))
	before := s.ContentHash()
	var both sync.WaitGroup
	for n := range 4 {
		both.Go(func() {
			for i := range 50 {
				id := 1000 + n*100 + i
				if _, err := s.Apply(&geo.Changes{From: position(1), To: position(2),
					AreasEnded: []geo.AreaID{geo.AreaID(1 + i%10)},
					Areas:      []*geo.Area{squareArea(id, "grids", fmt.Sprint(id), 0, 0, 4)},
					Assets:     []geo.Asset{{Version: geo.AssetVersion(id), ID: geo.AssetID(fmt.Sprint(id))}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	if s.ContentHash() != before {
		t.Error("the view itself changed")
	}
}
