package planning_test

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/planning"
)

// region is a file of some areas, as they are exported.
type region struct {
	Type     string     `json:"type"`
	Features []*feature `json:"features"`
}

type feature struct {
	Type     string `json:"type"`
	Geometry struct {
		Type        string           `json:"type"`
		Coordinates orb.MultiPolygon `json:"coordinates"`
	} `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

func exported(view *index.Snapshot, layer geo.LayerName, list ...geo.AreaCode) *region {
	r := &region{Type: "FeatureCollection"}
	for _, code := range list {
		a := view.Area(layer, code)
		r.add(code, degreesOf(a), map[string]any{"name": a.Name, "department": nil, "layer": layer, "parent": a.Parent, "since_edition": 1})
	}
	return r
}

func (r *region) add(code geo.AreaCode, shape orb.MultiPolygon, properties map[string]any) {
	f := &feature{Type: "Feature", Properties: map[string]any{"code": code}}
	maps.Copy(f.Properties, properties)
	f.Geometry.Type, f.Geometry.Coordinates = "MultiPolygon", shape
	r.Features = append(r.Features, f)
}

// move moves a vertex in all features.
func (r *region) move(from, to orb.Point) {
	from, to = grid(from), grid(to)
	for _, f := range r.Features {
		for _, polygon := range f.Geometry.Coordinates {
			for _, ring := range polygon {
				for i := range ring {
					if ring[i] == from {
						ring[i] = to
					}
				}
			}
		}
	}
}

// grid is a place as it is stored.
func grid(p orb.Point) orb.Point {
	c, err := geo.CoordOf(p[0], p[1])
	if err != nil {
		panic(err)
	}
	return orb.Point{c.Lon(), c.Lat()}
}

func degreesOf(a *geo.Area) (out orb.MultiPolygon) {
	for _, polygon := range a.Shape.Polygons {
		var p orb.Polygon
		for _, ring := range polygon {
			var r orb.Ring
			for _, c := range ring {
				r = append(r, orb.Point{c.Lon(), c.Lat()})
			}
			p = append(p, append(r, r[0]))
		}
		out = append(out, p)
	}
	return out
}

// replaces is the edit that takes the file over.
func (r *region) replaces(areas ...geo.AreaCode) planning.Edit {
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return planning.Edit{Kind: planning.Replace, Layer: "grids", Areas: areas, Features: text}
}

func aside(p orb.Point, east, north float64) orb.Point {
	return orb.Point{p[0] + east*unit, p[1] + north*unit}
}

func TestAFileTakesNothingBackThatWasEditedSince(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	d.rules.Base = d.view
	file := exported(d.view, "grids", gridCode(0, 0), gridCode(0, 1), gridCode(1, 0), gridCode(1, 1))
	d.refuses(file.replaces(), geo.Invalid, "changes nothing")

	edited := corner(0, 1) // of the two western grids
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &edited, To: &orb.Point{edited[0] - 0.0002, edited[1]}, Parents: planning.FollowParents})
	d.do(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(gridCode(1, 1)), Name: text("the market")})
	d.refuses(file.replaces(), geo.Invalid, "changes nothing")

	moved := corner(2, 1) // of the two eastern grids, and of two of the next community
	file.Features[2].Properties["name"] = "the school"
	file.Features[3].Properties["storeys"] = 6
	d.do(file.replaces())
	if a := d.view.Area("grids", gridCode(1, 1)); a.Name != "the market" || string(a.Attributes) != `{"storeys":6}` {
		t.Errorf("%+v", a)
	}
	file.move(moved, aside(moved, -0.2, 0))
	d.do(file.replaces())
	file.Features[0].Properties["name"] = "west"
	d.do(file.replaces())
	if a := d.view.Area("grids", gridCode(0, 0)); a.Name != "west" || a.Shape.Box().Min.X != int32((edited[0]-0.0002)*1e7+0.5) {
		t.Errorf("%+v", a)
	}
	d.sound()
	d.undone()
}

func TestWhereBothChangedItTheFileIsRefused(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	d.rules.Base = d.view
	file := exported(d.view, "grids", gridCode(0, 0), gridCode(0, 1), gridCode(1, 0), gridCode(1, 1))
	center := corner(1, 1)
	d.do(planning.Edit{Kind: planning.MoveNode, Layer: "grids", At: &center, To: &orb.Point{center[0] + 0.0002, center[1]}})
	d.do(planning.Edit{Kind: planning.Set, Layer: "grids", Areas: codes(gridCode(0, 0)), Name: text("a")})
	d.do(planning.Edit{Kind: planning.Close, Layer: "grids", Areas: codes(gridCode(1, 0)), Into: gridCode(0, 0)})
	file.Features[0].Properties["name"] = "b"
	d.refuses(file.replaces(), geo.Conflict, string(gridCode(0, 0)), "both changed")
	file.Features[0].Properties["name"] = "a"
	d.refuses(file.replaces(), geo.Invalid, "changes nothing")
	file.Features[2].Properties["name"] = "it is gone"
	d.refuses(file.replaces(), geo.Conflict, string(gridCode(1, 0)))
	file.Features = file.Features[:2]
	file.move(center, aside(center, 0, 0.1))
	d.refuses(file.replaces(), geo.Conflict, string(gridCode(0, 1)))
	d.refuses(exported(d.view, "grids", gridCode(3, 3)).replaces(gridCode(0, 1)), geo.Conflict, "was changed since")
}

func TestAFileBringsNewAreasAndEndsThoseNamed(t *testing.T) {
	t.Parallel()
	d := ruled(t, cell{3, 3})
	west, east := block(2, 2, 3, 3), block(3, 2, 4, 3)
	file := exported(d.view, "grids", gridCode(2, 3))
	for _, part := range []orb.Polygon{west, east} {
		file.add(communityCode(2, 2)+"007", orb.MultiPolygon{part}, map[string]any{"name": "both", "floor": 2})
	}
	d.refuses(file.replaces(), geo.Conflict, "overlap")
	e := file.replaces(gridCode(2, 2), gridCode(3, 2))
	d.do(e)
	d.holds("grids", map[cell]geo.AreaCode{{2, 2}: communityCode(2, 2) + "007", {3, 2}: communityCode(2, 2) + "007"})
	if a := d.view.Area("grids", communityCode(2, 2)+"007"); a.Name != "both" || string(a.Attributes) != `{"floor":2}` {
		t.Errorf("%+v", a)
	}
	d.sound()
	d.undone()

	file = &region{Type: "FeatureCollection"}
	file.add(communityCode(0, 0)+"008", orb.MultiPolygon{block(3, 3, 4, 4)}, nil)
	d.refuses(file.replaces(), geo.Invalid, "one of communities "+string(communityCode(0, 0)))
	d.refuses(planning.Edit{Kind: planning.Replace, Layer: "streets", Features: file.replaces().Features}, geo.Conflict, "replace a region of grids")
	for _, bad := range []string{`[]`, `{"type":"FeatureCollection","features":[]}`, `{"type":"FeatureCollection","features":[{"geometry":null}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"code":"x"}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[]},"properties":{"code":7}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[]]},"properties":{"code":"x"}}]}`,
		`{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1,2]]]},"properties":{"department":"99","code":"x"}}]}`} {
		if _, err := planning.Do(t.Context(), d.view, &planning.Edit{Kind: planning.Replace, Layer: "grids", Features: []byte(bad)}, d.rules); err == nil || geo.KindOf(err) == geo.Internal {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestParentsFollowAFileOnlyWhenTold(t *testing.T) {
	t.Parallel()
	d := ruled(t)
	file := exported(d.view, "grids", gridCode(1, 2), gridCode(2, 2), gridCode(1, 3), gridCode(2, 3))
	file.move(corner(2, 3), aside(corner(2, 3), 0.2, 0.1))
	e := file.replaces()
	d.refuses(e, geo.Conflict, "sticks out", "let parents follow")
	e.Parents = planning.FollowParents
	approved := d.rules.Approved
	d.rules.Approved = nil
	d.refuses(e, geo.Conflict, "communities are lines of law")
	d.rules.Approved = approved
	d.do(e)
	c, err := geo.CoordOf(corner(2, 3)[0]+0.05*unit, corner(2, 3)[1])
	if err != nil {
		t.Fatal(err)
	}
	if hits := d.view.Locate(c, "communities").Areas; len(hits) != 1 || hits[0].Area.Code != communityCode(0, 2) {
		t.Errorf("it lies in %v", hits)
	}
	d.sound()
	d.undone()
}
