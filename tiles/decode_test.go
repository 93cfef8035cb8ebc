package tiles_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt/vectortile"
)

type xy struct{ x, y int64 }

// feature is one feature as the bytes say it, read by the specification without mercy.
type feature struct {
	layer string
	id    uint64
	kind  vectortile.Tile_GeomType
	tags  map[string]string
	parts [][]xy // points, lines or rings
}

// decode reads a tile and fails the test on anything MVT 2.1 forbids: a wrong version,
// commands out of order, rings of no area, points repeated, a first ring that is a hole.
func decode(t testing.TB, tile []byte) []feature {
	t.Helper()
	var raw vectortile.Tile
	if err := raw.Unmarshal(tile); err != nil {
		t.Fatalf("the tile is no protocol buffer: %v", err)
	}
	var all []feature
	seen := map[string]bool{}
	for _, l := range raw.Layers {
		if l.GetVersion() != 2 || l.GetExtent() != 4096 || seen[l.GetName()] || len(l.Features) == 0 {
			t.Fatalf("layer %q: version %d, extent %d, %d features", l.GetName(), l.GetVersion(), l.GetExtent(), len(l.Features))
		}
		seen[l.GetName()] = true
		for _, v := range l.Values {
			if v.StringValue == nil && v.UintValue == nil && v.BoolValue == nil {
				t.Fatalf("layer %q: a value is neither text, nor a whole number, nor true or false: %v", l.GetName(), v)
			}
		}
		for _, f := range l.Features {
			d := feature{layer: l.GetName(), id: f.GetId(), kind: f.GetType(), tags: map[string]string{}}
			for i := 0; i < len(f.Tags); i += 2 {
				d.tags[l.Keys[f.Tags[i]]] = valueOf(l.Values[f.Tags[i+1]])
			}
			d.parts = commands(t, f.GetType(), f.Geometry)
			all = append(all, d)
		}
	}
	return all
}

func valueOf(v *vectortile.Tile_Value) string {
	if v.StringValue != nil {
		return *v.StringValue
	}
	if v.BoolValue != nil {
		return fmt.Sprint(*v.BoolValue)
	}
	return fmt.Sprint(v.GetUintValue())
}

// commands runs the drawing commands of one feature.
func commands(t testing.TB, kind vectortile.Tile_GeomType, g []uint32) [][]xy {
	t.Helper()
	var parts [][]xy
	var at xy
	next := func(i int) xy {
		at.x += int64(int32(g[i]>>1) ^ -int32(g[i]&1))
		at.y += int64(int32(g[i+1]>>1) ^ -int32(g[i+1]&1))
		return at
	}
	for i := 0; i < len(g); {
		if g[i] != 1|1<<3 {
			t.Fatalf("part %d begins with command %d", len(parts), g[i])
		}
		part := []xy{next(i + 1)}
		i += 3
		if kind != vectortile.Tile_POINT {
			if g[i]&7 != 2 {
				t.Fatalf("command %d where lines should be", g[i])
			}
			n := int(g[i] >> 3)
			for i++; n > 0; n-- {
				last := at
				if part = append(part, next(i)); at == last {
					t.Fatalf("a step of no length at %v", at)
				}
				i += 2
			}
		}
		if kind == vectortile.Tile_POLYGON {
			if g[i] != 7|1<<3 || len(part) < 3 || part[0] == part[len(part)-1] || area2(part) == 0 {
				t.Fatalf("not a closed ring: %v, then command %d", part, g[i])
			}
			i++
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 || kind == vectortile.Tile_POINT && len(parts) > 1 {
		t.Fatalf("%d parts of a %v", len(parts), kind)
	}
	if kind == vectortile.Tile_POLYGON && area2(parts[0]) < 0 {
		t.Fatalf("the first ring is a hole: %v", parts[0])
	}
	return parts
}

// area2 is the shoelace sum of a ring.
func area2(r []xy) int64 {
	var s int64
	for i, p := range r {
		q := r[(i+1)%len(r)]
		s += p.x*q.y - q.x*p.y
	}
	return s
}

// area is what the rings of a polygon feature cover, in square units.
func (f feature) area() float64 {
	var s int64
	for _, r := range f.parts {
		s += area2(r)
	}
	return float64(s) / 2
}

// wkt is a polygon feature as a multipolygon, rings joined as MVT says: a ring of
// positive area begins a polygon, one of negative area is a hole of the last begun.
func (f feature) wkt() string {
	var b strings.Builder
	b.WriteString("MULTIPOLYGON(")
	for i, r := range f.parts {
		switch {
		case i == 0:
			b.WriteString("((")
		case area2(r) > 0:
			b.WriteString(")),((")
		default:
			b.WriteString("),(")
		}
		for _, p := range r {
			fmt.Fprintf(&b, "%d %d,", p.x, p.y)
		}
		fmt.Fprintf(&b, "%d %d", r[0].x, r[0].y)
	}
	b.WriteString(")))")
	return b.String()
}
