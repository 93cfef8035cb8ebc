package planning_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

func TestEveryWrongEditSaysWhatToDo(t *testing.T) {
	t.Parallel()
	d := ruled(t, cell{5, 5})
	a, b, far := gridCode(0, 0), gridCode(1, 0), gridCode(7, 7)
	node, next := corner(1, 1), corner(1, 2)
	for _, c := range []struct {
		what string
		edit planning.Edit
		kind geo.Kind
		part string
	}{
		{"no kind", planning.Edit{Layer: "grids"}, geo.Invalid, "the kinds are move-border"},
		{"a kind there is none of", planning.Edit{Kind: "explode", Layer: "grids"}, geo.Invalid, "explode"},
		{"no layer", planning.Edit{Kind: planning.Set}, geo.NotFound, "layer"},
		{"another layer", planning.Edit{Kind: planning.Set, Layer: "wards"}, geo.NotFound, "wards"},
		{"no areas", planning.Edit{Kind: planning.Set, Layer: "grids", Name: text("x")}, geo.Invalid, "\"areas\""},
		{"an area that is gone", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes("7"), Name: text("x")}, geo.NotFound, "\"7\""},
		{"an area twice", planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(a, a)}, geo.Invalid, "twice"},
		{"one area", planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(a)}, geo.Invalid, "2 areas"},
		{"nothing to set", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a)}, geo.Invalid, "nothing"},
		{"the name it has", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a), Name: text(string(a))}, geo.Invalid, "changes nothing"},
		{"no such department", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a), Department: dept("99")}, geo.NotFound, "99"},
		{"attributes that are a list", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a), Attributes: []byte(`[1]`)}, geo.Invalid, "no JSON object"},
		{"a name with a line break", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a), Name: text("a\nb")}, geo.Invalid, "control"},
		{"a field too many", planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(a), At: &node}, geo.Invalid, "takes no \"at\""},
		{"a field too few", planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &node}, geo.Invalid, "needs \"to\""},
		{"a tolerance without end", planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: &node, Tolerance: math.NaN()}, geo.Invalid, "0 to 100"},
		{"a great tolerance", planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: &node, Tolerance: 101}, geo.Invalid, "0 to 100"},
		{"other parents", planning.Edit{Kind: planning.InsertNode, Layer: "grids", At: &node, Parents: "push"}, geo.Invalid, "push"},
		{"a line that misses", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(far), Line: across(0, 1, 0)}, geo.Invalid, ""},
		{"a line of one point", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{node}}, geo.Invalid, ""},
		{"a line over the edge of the world", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{node, {500, 2}}}, geo.Invalid, "500"},
		{"a line that crosses itself", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{
			at(-0.2, 0.5), at(0.7, 0.5), at(0.7, 0.8), at(0.5, 0.8), at(0.5, 0.2), at(1.2, 0.2)}}, geo.Invalid, "crosses itself"},
		{"a line that cuts into five", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{
			at(-0.3, 0.3), at(1.3, 0.35), at(1.3, 0.45), at(-0.3, 0.45), at(-0.3, 0.6), at(1.3, 0.6), at(1.3, 0.7), at(-0.3, 0.75)}}, geo.Invalid, ""},
		{"a line along the border", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{corner(1, 0), corner(1, 1)}}, geo.Invalid, ""},
		{"a line that leaves a hole", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: orb.LineString{
			at(0.4, 0.4), at(0.6, 0.4), at(0.6, 0.6), at(0.4, 0.6), at(0.4, 0.4)}}, geo.Invalid, "hole"},
		{"a node over another edge", planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &node, To: &orb.Point{at(3.5, 1.5)[0], at(3.5, 1.5)[1]}, Parents: planning.FollowParents}, geo.Conflict, "choose"},
		{"a node where none is", planning.Edit{Kind: planning.DeleteNode, Layer: "grids", At: &orb.Point{120.0005, 30.0005}}, geo.NotFound, "no node"},
		{"a node where four meet", planning.Edit{Kind: planning.DeleteNode, Layer: "grids", At: &next, Parents: planning.FollowParents}, geo.Conflict, "4 edges"},
		{"areas that do not touch", planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(a, far)}, geo.Conflict, "do not touch"},
		{"too few codes", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: across(0, 1, 0), Codes: codes(a + "1")}, geo.Invalid, "2 areas begin"},
		{"the code of another district", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: across(0, 1, 0), Codes: codes("330102001001007", "330101001001009")}, geo.Invalid, "330102001001"},
		{"a code twice", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: across(0, 1, 0), Codes: codes("330101001001009", "330101001001009")}, geo.Invalid, "twice"},
		{"a code in use", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: across(0, 1, 0), Codes: codes("330101001001009", gridCode(1, 1))}, geo.Conflict, "another area"},
		{"into and codes", planning.Edit{Kind: planning.Merge, Layer: "grids", Areas: codes(a, b), Into: a, Codes: codes("330101001001009")}, geo.Invalid, "both"},
		{"a parent that is gone", planning.Edit{Kind: planning.Reparent, Layer: "grids", Areas: codes(a), Parent: "x"}, geo.NotFound, "\"x\""},
		{"no parents above", planning.Edit{Kind: planning.Reparent, Layer: "districts", Areas: codes("330101"), Parent: "x"}, geo.Invalid, "no parents"},
		{"closed into itself", planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes(a), Into: a}, geo.Invalid, "itself"},
		{"closed into one far away", planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes(a), Into: far}, geo.Conflict, ""},
		{"drawn where others are", planning.Edit{Kind: planning.Draw, Layer: "grids", Polygon: block(0, 0, 1, 1)}, geo.Conflict, ""},
		{"a ring that is open", planning.Edit{Kind: planning.Draw, Layer: "grids", Polygon: orb.Polygon{{at(5.1, 5.1), at(5.9, 5.1), at(5.9, 5.9)}}}, geo.Invalid, "closed"},
		{"a shape of its own", planning.Edit{Kind: planning.Reshape, Layer: "grids", Areas: codes(a), Geometry: []byte(`{}`)}, geo.Invalid, "move its borders"},
		{"a border with three areas", planning.Edit{Kind: planning.MoveBorder, Layer: "grids", Areas: codes(a, b, far), Line: across(0, 1, 0)}, geo.Invalid, "3 are named"},
		{"a line of a million", planning.Edit{Kind: planning.Split, Layer: "grids", Areas: codes(a), Line: make(orb.LineString, 1_000_000)}, geo.TooLarge, "100000"},
	} {
		t.Run(c.what, func(t *testing.T) {
			here := *d
			here.tb = t
			here.refuses(c.edit, c.kind, c.part)
		})
	}
}

// at is a place on the board, counted in cells.
func at(x, y float64) orb.Point { return orb.Point{120 + unit*x, 30 + unit*y} }

func FuzzAnEditNeverBreaksTheDraft(f *testing.F) {
	for _, seed := range []string{
		`{"edit":"split","layer":"grids","areas":["330101001001001"],"line":[[119.9998,30.0005],[120.0012,30.00055]]}`,
		`{"edit":"move-node","layer":"grids","at":[120.001,30.001],"to":[120.0011,30.0012],"tolerance_m":30,"parents":"follow"}`,
		`{"edit":"merge","layer":"communities","areas":["330101001001","330101001002"],"codes":["330101001009"]}`,
		`{"edit":"set","layer":"streets","areas":["330101001"],"codes":["330101007"],"attributes":{"a":null,"b":[{}]}}`,
		`{"edit":"draw","layer":"grids","polygon":[[[120.004,30.004],[120.005,30.004],[120.005,30.005],[120.004,30.004]]],"into":"330101001004004"}`,
		`{"edit":"regroup","layer":"grids","name":"x","group":{"kind":"duty","to":"9","members":["330101001001001"]}}`,
		`{"edit":"replace","layer":"grids","features":{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,30],[120.001,30],[120.001,30.001],[120,30]]]},"properties":{"code":"330101001001001"}}]}}`,
		`{"edit":"close","layer":"grids","areas":["330101001001001"],"at":[120.0005,30.0005]}`,
		`{"edit":"reparent","layer":"communities","areas":["330101001001"],"parent":"330101002","parents":"follow"}`,
	} {
		f.Add([]byte(seed))
	}
	view := ruled(f, cell{4, 4}).view
	f.Fuzz(func(t *testing.T, document []byte) {
		var e planning.Edit
		if json.Unmarshal(document, &e) != nil {
			return
		}
		if _, err := json.Marshal(e); err != nil {
			t.Fatalf("it cannot be kept: %v", err)
		}
		d := draftOf(t, view)
		if _, err := d.try(e); err != nil {
			if geo.KindOf(err) == geo.Internal {
				t.Errorf("%s: %v", document, err)
			}
			return
		}
		d.faults()
		d.sound()
		d.undone()
	})
}
