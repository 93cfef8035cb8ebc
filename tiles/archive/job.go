package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// Format is a kind of archive.
type Format string

const (
	PMTiles Format = "pmtiles" // one file that any web server with range requests serves
	MBTiles Format = "mbtiles" // an SQLite database
)

// An archive's tiles are listed in memory while it is written.
const (
	MaxTiles   = 4_000_000
	TileMemory = 128 // bytes that a tile takes there at most
)

// Job says what an archive is to hold.
type Job struct {
	View        *index.Snapshot
	Want        tiles.Want
	First, Last maptile.Zoom
	Within      *orb.Bound // only tiles that reach into it, in degrees of the map; nil: everywhere
	Format      Format
	By          string // what writes it: another version may draw otherwise
}

// Count is how many tiles there are to draw. A few of them may turn out empty. More than
// [MaxTiles] are [geo.TooLarge].
func (j *Job) Count(ctx context.Context) (int64, error) { return j.count(ctx, MaxTiles) }

func (j *Job) count(ctx context.Context, most int64) (n int64, err error) {
	if err := j.check(); err != nil {
		return 0, err
	}
	for range j.all() {
		if n++; n > most {
			return 0, geo.Errorf(geo.TooLarge, "zoom %d to %d is more than %d tiles, the most an archive may have; end at an upper zoom, from which maps enlarge, or take a smaller box", j.First, j.Last, most)
		}
		if err := ctx.Err(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// check refuses what no archive can be made of.
func (j *Job) check() error {
	switch {
	case j.Format != PMTiles && j.Format != MBTiles:
		return geo.Errorf(geo.Invalid, "an archive is %s or %s, not %q", PMTiles, MBTiles, j.Format)
	case j.First > j.Last || j.Last > tiles.MaxZoom:
		return geo.Errorf(geo.Invalid, "zooms go from 0 to %d, the first before the last, not from %d to %d", tiles.MaxZoom, j.First, j.Last)
	case j.Want.Frame == tiles.Geographic:
		return geo.Errorf(geo.Invalid, "%s and %s are for maps in Web Mercator; EPSG:4490 is served only live", PMTiles, MBTiles)
	}
	return nil
}

// identity is the same for jobs that give the same tiles in the same order.
func (j *Job) identity() [32]byte {
	at, history := j.View.Position(), j.View.History()
	return sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%d-%d\n%v\n%x %d %x %d %s", j.By, j.Want.Key(), j.First, j.Last, j.Within,
		history, at.Sequence, at.Change, j.View.Edition().Number, j.View.Hidden()))
}

// all are the tiles whose ground holds something of what is wanted, in the order of their
// numbers.
func (j *Job) all() iter.Seq[maptile.Tile] {
	sources := j.sources()
	return func(yield func(maptile.Tile) bool) {
		for z := j.First; z <= j.Last; z++ {
			if !j.descend(sources, z, maptile.Tile{}, yield) {
				return
			}
		}
	}
}

// descend yields the tiles of a zoom that lie in t, along the curve.
func (j *Job) descend(sources []geo.LayerName, z maptile.Zoom, t maptile.Tile, yield func(maptile.Tile) bool) bool {
	switch {
	case !j.reaches(t) || !j.holds(sources, t):
		return true
	case t.Z == z:
		return yield(t)
	}
	for first, i := along(t)<<2, uint64(0); i < 4; i++ {
		if !j.descend(sources, z, onCurve(t.Z+1, first|i), yield) {
			return false
		}
	}
	return true
}

// sources are the layers that tiles are drawn from: where areas are too small to show, those
// above and below them in their chain as well.
func (j *Job) sources() []geo.LayerName {
	var all []geo.LayerName
	for _, name := range j.Want.Layers {
		all = append(append(all, name), j.View.Chain(name)...)
	}
	return slices.Compact(slices.Sorted(slices.Values(all)))
}

// holds tells whether anything lies on the ground of a tile.
func (j *Job) holds(sources []geo.LayerName, t maptile.Tile) bool {
	ground := j.Want.Frame.Ground(t)
	for _, name := range sources {
		if name == tiles.AssetsLayer {
			for range j.View.AssetsIn(ground) {
				return true
			}
			continue
		}
		for range j.View.AreasIn(name, ground) {
			return true
		}
	}
	return false
}

// reaches tells whether a tile, without its buffer, reaches into the box wanted.
func (j *Job) reaches(t maptile.Tile) bool {
	if j.Within == nil {
		return true
	}
	last := uint32(1)<<t.Z - 1
	nw := maptile.At(orb.Point{j.Within.Left(), j.Within.Top()}, t.Z)
	se := maptile.At(orb.Point{j.Within.Right(), j.Within.Bottom()}, t.Z)
	return min(nw.X, last) <= t.X && t.X <= min(se.X, last) && min(nw.Y, last) <= t.Y && t.Y <= min(se.Y, last)
}

// title tells people what the archive is of.
func (j *Job) title() string {
	at := j.View.Position()
	return fmt.Sprintf("edition %d, sequence %d (%s), by %s", j.View.Edition().Number, at.Sequence, hex.EncodeToString(at.Change[:4]), j.By)
}
