package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// layers are the layers of a view that a request means: those named, once each; nil is all
// that the reader sees.
func (v view) layers(names []geo.LayerName) ([]geo.LayerName, error) {
	var known []geo.LayerName
	for _, name := range names {
		if !v.sees(name) {
			return nil, v.unknownLayer(name)
		}
		if !slices.Contains(known, name) {
			known = append(known, name)
		}
	}
	return known, nil
}

// sees tells whether the reader sees a layer.
func (v view) sees(name geo.LayerName) bool {
	_, there := v.Layer(name)
	return there
}

// unknownLayer names the layers the reader may know of.
func (v view) unknownLayer(name geo.LayerName) error {
	var have []string
	for _, l := range v.Layers() {
		have = append(have, string(l.Name))
	}
	if len(have) == 0 {
		return geo.Errorf(geo.NotFound, "there is no layer %q, and none at all yet: gridwarden import areas makes one", clip(string(name)))
	}
	return geo.Errorf(geo.NotFound, "there is no layer %q; there are: %s", clip(string(name)), strings.Join(have, ", "))
}

// layerAnswer is a layer as it is listed.
type layerAnswer struct {
	Name       geo.LayerName   `json:"name"`
	Title      string          `json:"title"`
	Kind       geo.LayerKind   `json:"kind"`
	Parent     *geo.LayerName  `json:"parent"`
	Chain      []geo.LayerName `json:"chain"` // lowest first
	Rank       int             `json:"rank"`
	Reach      float64         `json:"reach_m,omitempty"`
	Visibility geo.Visibility  `json:"visibility"`
	Authority  string          `json:"authority,omitempty"`
	Locked     bool            `json:"locked"` // its borders move with an approval only
	Smallest   float64         `json:"smallest_area_m2,omitempty"`
	Largest    float64         `json:"largest_area_m2,omitempty"`
	Areas      int             `json:"areas"`
	Bounds     *[4]float64     `json:"bbox"` // null while it has no area
	Edition    geo.Edition     `json:"edition"`
	Links      []link          `json:"links"`
}

func (s *server) layers(w *response, r *http.Request, v view) error {
	v, err := s.whenAlone(w, r, v)
	if err != nil {
		return err
	}
	answer := struct {
		Edition     geo.Edition   `json:"edition"`
		BeforeFirst bool          `json:"before_first_edition,omitempty"`
		Layers      []layerAnswer `json:"layers"`
	}{v.Edition().Number, v.beforeFirst, []layerAnswer{}}
	for _, l := range v.Layers() {
		answer.Layers = append(answer.Layers, v.describe(r, l))
	}
	return sendJSON(w, answer)
}

func (s *server) layer(w *response, r *http.Request, v view) error {
	v, err := s.whenAlone(w, r, v)
	if err != nil {
		return err
	}
	l, err := v.layerInPath(r)
	if err != nil {
		return err
	}
	return sendJSON(w, v.describe(r, l))
}

// layerInPath is the layer a path names.
func (v view) layerInPath(r *http.Request) (geo.Layer, error) {
	name := geo.LayerName(inPath(r, "layer"))
	l, ok := v.Layer(name)
	if !ok {
		return l, v.unknownLayer(name)
	}
	return l, nil
}

func (v view) describe(r *http.Request, l geo.Layer) layerAnswer {
	base := baseURL(r)
	answer := layerAnswer{
		Name:       l.Name,
		Title:      cmp.Or(l.Title, string(l.Name)),
		Kind:       l.Kind,
		Chain:      []geo.LayerName{},
		Rank:       l.Rank,
		Reach:      l.Reach,
		Visibility: l.Visibility,
		Authority:  l.Authority,
		Locked:     planning.LinesOfLaw(v.Snapshot, l),
		Smallest:   l.SmallestArea,
		Largest:    l.LargestArea,
		Areas:      v.AreaCount(l.Name),
		Edition:    v.Edition().Number,
		Links: []link{
			{"self", base + "/v1/layers/" + string(l.Name), "application/json"},
			{"items", base + "/v1/layers/" + string(l.Name) + "/areas", geoJSON},
			{"tiles", base + "/tiles/" + string(l.Name) + ".json", "application/json"},
		},
	}
	if l.Parent != "" {
		answer.Parent = &l.Parent
	}
	answer.Chain = append(answer.Chain, v.Chain(l.Name)...)
	if b := v.Bounds(l.Name); !b.IsEmpty() {
		answer.Bounds = &[4]float64{b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()}
	}
	return answer
}
