package api

import (
	"net/http"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

const (
	maxVersions  = 1000
	maxDepth     = 100
	defaultDepth = 1
)

// versionAnswer is an area as it was over a span of editions.
type versionAnswer struct {
	From       geo.Edition    `json:"from_edition"`
	Until      geo.Edition    `json:"until_edition,omitempty"` // the first it no longer holds in
	Name       string         `json:"name"`
	Department *string        `json:"department"`
	Parent     *string        `json:"parent"`
	Metres2    routing.Metres `json:"area_m2,omitempty"` // of lines there are none
}

// descentAnswer is ground that changed hands.
type descentAnswer struct {
	Edition   geo.Edition    `json:"edition"`
	From      *string        `json:"from"` // null: from nothing
	To        *string        `json:"to"`   // null: into nothing
	Metres2   routing.Metres `json:"area_m2"`
	ShareFrom float64        `json:"share_from"` // of the ground from had
	ShareTo   float64        `json:"share_to"`   // of the ground to has
	Approval  string         `json:"approval,omitempty"`
}

func tellDescent(d geo.Descent) descentAnswer {
	return descentAnswer{d.Edition, optional(d.From), optional(d.To), routing.Metres(d.SquareMetres), millionths(d.ShareFrom), millionths(d.ShareTo), d.Approval}
}

// optional is a text, nil for none.
func optional[T ~string](text T) *string {
	if text == "" {
		return nil
	}
	plain := string(text)
	return &plain
}

// areaHistory tells what an area was over the editions, the newest first, and whose ground
// it took and who took its: by it statistics kept for one code are carried over to others.
// A code that is in use no longer has a history; only one that never was has none.
func (s *server) areaHistory(w *response, r *http.Request, v view) error {
	if s.Editions == nil {
		return elsewhere()
	}
	p, err := readParams(r, "depth")
	if err != nil {
		return err
	}
	depth, err := p.whole("depth", defaultDepth, 0, maxDepth)
	if err != nil {
		return err
	}
	layer, err := v.layerInPath(r)
	if err != nil {
		return err
	}
	code := geo.AreaCode(inPath(r, "code"))
	versions, err := s.Editions.AreaVersions(r.Context(), layer.Name, code, maxVersions)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return geo.Errorf(geo.NotFound, "the code %q was never used in the layer %s; /v1/layers/%s/areas lists those that are", clip(string(code)), layer.Name, layer.Name)
	}
	descents, more, err := s.Editions.History(r.Context(), layer.Name, code)
	if err != nil {
		return err
	}
	answer := struct {
		Layer    geo.LayerName   `json:"layer"`
		Code     geo.AreaCode    `json:"code"`
		Versions []versionAnswer `json:"versions"`
		From     []descentAnswer `json:"from"`
		Into     []descentAnswer `json:"into"`
		More     bool            `json:"more,omitempty"` // there is more lineage than is told
	}{Layer: layer.Name, Code: code, More: more}
	for _, version := range versions {
		a := version.Area
		answer.Versions = append(answer.Versions, versionAnswer{
			a.From, version.Until, a.Name, optional(a.Department), optional(a.Parent), routing.Metres(a.Shape.SquareMetres()),
		})
	}
	answer.From = reach(descents, code, int(depth), true)
	answer.Into = reach(descents, code, int(depth), false)
	return sendJSON(w, answer)
}

// reach is the descents by which ground came to an area, or with back unset went from it,
// at most depth of them one after another: each with an earlier, or a later, edition than
// the one it goes on from.
func reach(descents []geo.Descent, code geo.AreaCode, depth int, back bool) []descentAnswer {
	told := []descentAnswer{}
	seen := map[geo.Descent]bool{}
	near := map[geo.AreaCode]geo.Edition{code: 1 << 62}
	if !back {
		near[code] = 0
	}
	for range depth {
		far := map[geo.AreaCode]geo.Edition{}
		for _, d := range descents {
			here, there := d.From, d.To
			if back {
				here, there = d.To, d.From
			}
			bound, reached := near[here]
			if !reached || seen[d] || back && d.Edition >= bound || !back && d.Edition <= bound {
				continue
			}
			seen[d] = true
			told = append(told, tellDescent(d))
			if known, again := far[there]; there != "" && (!again || back && d.Edition > known || !back && d.Edition < known) {
				far[there] = d.Edition
			}
		}
		near = far
	}
	return told
}
