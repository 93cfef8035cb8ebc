package index

import (
	"runtime"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/testsize"
)

// sizeOf is what the database would tell of a city.
func sizeOf(c *geo.Changes) (z geo.Size) {
	for _, a := range c.Areas {
		z.Areas++
		z.Vertices += int64(a.Shape.Vertices())
		z.Text += int64(len(a.Code) + len(a.Name) + len(a.Attributes))
	}
	for i := range c.Assets {
		a := &c.Assets[i]
		z.Assets++
		z.Text += int64(len(a.ID) + len(a.Name))
		if a.Shape != nil {
			z.Shapes++
			z.Vertices += int64(a.Shape.Vertices())
		}
	}
	return z
}

// The heap is measured, so nothing may run beside.
func TestWhatAViewTakesIsKnownBefore(t *testing.T) { //nolint:paralleltest // see above
	for name, made := range map[string]func() *geo.Changes{
		"grids in layers": func() *geo.Changes { return benchCity(testsize.N(60, 300)) },
		"assets":          func() *geo.Changes { return &geo.Changes{Assets: benchAssets(testsize.N(100_000, 2_000_000))} },
		"assets with shapes": func() *geo.Changes {
			return &geo.Changes{Assets: town(3, testsize.N(100_000, 1_000_000))}
		},
		"nothing": func() *geo.Changes { return &geo.Changes{} },
	} {
		before := heap()
		c := made()
		want := Estimate(sizeOf(c))
		b := NewBuilder()
		for i := range c.Assets {
			if err := b.Asset(&c.Assets[i]); err != nil {
				t.Fatal(err)
			}
		}
		c.Assets = nil
		s, err := b.View(c)
		if err != nil {
			t.Fatal(err)
		}
		c, b = nil, nil
		took := heap() - before
		runtime.KeepAlive(s)
		t.Logf("%s: estimated %d kB, took %d kB", name, want>>10, took>>10)
		if slack := int64(1 << 20); float64(want) < .75*float64(took-slack) || float64(want) > 1.25*float64(took+slack) {
			t.Errorf("%s: estimated %d kB, took %d kB", name, want>>10, took>>10)
		}
	}
}
