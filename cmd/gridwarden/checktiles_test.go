package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"

	"gridwarden/geo/simplify"
)

func TestBordersOfTheDemoCityAreDrawnTheSameFromBothSidesAtEveryZoom(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	told := func(args ...string) (string, int) {
		var out strings.Builder
		code := run(t.Context(), args, strings.NewReader(""), &out, t.Output())
		return out.String(), code
	}
	if _, code := told("demo", "--snapshot", dir, "--grids", "40", "--assets", "10"); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	out, code := told("check", "tiles", "--snapshot", dir)
	if code != exitDone || !strings.Contains(out, "checked 4 coverages at 19 zooms: every border is drawn the same from both sides") {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, wrong := range [][]string{{"--layer", "nowhere"}, {"--layer", "parks"}, {"now"}, {"--snapshot", t.TempDir()}} {
		if out, code := told(append([]string{"check", "tiles", "--snapshot", dir}, wrong...)...); code != exitUsage {
			t.Errorf("%v: exit %d: %s", wrong, code, out)
		}
	}
}

func TestABorderDrawnTooFarOrOtherwiseByEachSideIsCounted(t *testing.T) {
	t.Parallel()
	c := &call{out: io.Discard}
	sound := simplify.Drawing{Zoom: 10, Vertices: 9, Drawn: 5, Units: 1.7}
	far, torn, whole := sound, sound, sound
	far.Units, torn.Unmatched, whole.Zoom = 1.8, 2, simplify.EveryVertex
	if got := c.tellDrawings("grids", []simplify.Drawing{sound, far, torn, whole}); got != 3 {
		t.Errorf("%d of four drawings are said not to hold, want 3", got)
	}
}
