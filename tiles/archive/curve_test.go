package archive

import (
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"
)

// TestTilesHaveTheNumbersOfTheSpecification compares with the table of the specification of
// PMTiles 3 and with numbers that its reference reader is tested with.
func TestTilesHaveTheNumbersOfTheSpecification(t *testing.T) {
	t.Parallel()
	for want, tile := range map[uint64]maptile.Tile{
		0: {Z: 0}, 1: {Z: 1}, 2: {Y: 1, Z: 1}, 3: {X: 1, Y: 1, Z: 1}, 4: {X: 1, Z: 1}, 5: {Z: 2},
		19078479: {X: 3423, Y: 1763, Z: 12},
	} {
		if got := numberOf(tile); got != want || tileOf(want) != tile {
			t.Errorf("%v has number %d, not %d, whose tile is %v", tile, got, want, tileOf(want))
		}
	}
}

func TestEveryTileHasItsOwnNumberAndItsChildrenFollow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Uint32Range(0, 22).Draw(t, "z")
		of := func(name string) uint32 { return rapid.Uint32Range(0, 1<<z-1).Draw(t, name) }
		tile := maptile.New(of("x"), of("y"), maptile.Zoom(z))
		if got := tileOf(numberOf(tile)); got != tile {
			t.Fatalf("%v comes back as %v", tile, got)
		}
		for _, child := range tile.Children() {
			if along(child)>>2 != along(tile) {
				t.Fatalf("%v is at %d, not below %v at %d", child, along(child), tile, along(tile))
			}
		}
	})
}
