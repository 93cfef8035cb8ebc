package archive

import (
	"context"
	"testing"

	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// CountTo is Count with another bound.
func (j *Job) CountTo(ctx context.Context, most int64) (int64, error) { return j.count(ctx, most) }

// Put writes a PMTiles archive of contents by the numbers of their tiles, none where it is
// empty, without drawing any.
func Put(t testing.TB, out string, first uint64, contents [][]byte) {
	t.Helper()
	s, err := openSpool(out, [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	for i, content := range contents {
		if len(content) == 0 {
			continue
		}
		if err := s.put(first+uint64(i), content); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.flush(); err != nil {
		t.Fatal(err)
	}
	if err := s.finishPMTiles(&Job{View: index.Empty(), Format: PMTiles}, &tiles.TileSet{}); err != nil {
		t.Fatal(err)
	}
}
