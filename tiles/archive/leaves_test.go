package archive_test

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"gridwarden/geo/testsize"
	"gridwarden/tiles/archive"
)

// TestManyTilesAreFoundThroughLeaves is about archives whose list of tiles does not fit into
// the first 16 kB, up to where the list of lists does not.
func TestManyTilesAreFoundThroughLeaves(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 2000, testsize.N(20_000, 3_500_000)} {
		contents := make([][]byte, n)
		for i := range contents {
			switch random.IntN(5) {
			case 0:
			case 1:
				contents[i] = []byte("sea")
			default:
				contents[i] = make([]byte, 4+random.IntN(60))
				for k := range contents[i] {
					contents[i][k] = byte(random.Uint32())
				}
			}
		}
		const first = 21845 // zoom 8
		contents = append(contents, []byte("the last"))
		out := filepath.Join(t.TempDir(), "many.pmtiles")
		archive.Put(t, out, first, contents)
		r := reader{t, written(t, out)}
		r.verify()
		if leaves := len(r.section(40)) > 0; leaves != (n > 10_000) {
			t.Errorf("%d tiles have leaves: %v", n, leaves)
		}
		for range min(n, testsize.N(40, 300)) {
			i := random.IntN(n)
			if got := r.tile(first + uint64(i)); !bytes.Equal(got, contents[i]) {
				t.Fatalf("tile %d of %d is %q, not %q", i, n, got, contents[i])
			}
		}
		for i, want := range map[uint64][]byte{first - 1: nil, first + uint64(n): []byte("the last"), first + uint64(n) + 1: nil, 1 << 45: nil} {
			if got := r.tile(i); !bytes.Equal(got, want) {
				t.Errorf("the tile %d of %d is %q, not %q", i, n, got, want)
			}
		}
	}
}
