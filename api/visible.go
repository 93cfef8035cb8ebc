package api

import (
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/tiles"
)

// sights are what readers may see, by their rights: the few there are, whoever they are.
type sights struct{ everything, internal, public *index.Sight }

func (c *Config) sights() sights {
	public := &index.Sight{Of: index.Named, Layers: c.Public, Assets: slices.Contains(c.Public, tiles.AssetsLayer)}
	if c.Open {
		public.Of = geo.Public
	}
	return sights{&index.Sight{Of: geo.Restricted}, &index.Sight{Of: geo.Protected}, public}
}

// sight is what the one who sent a request, and was let in, may see.
func (s *server) sight(w *response) *index.Sight {
	switch {
	case !s.KeysOn:
		return s.sights.everything
	case w.key.ID == "":
		return s.sights.public
	case access.Allows(w.key, access.SeeRestricted) == nil:
		return s.sights.everything
	}
	return s.sights.internal
}

// viewFor is a view for the one who sent a request.
func (s *server) viewFor(w *response, snapshot *index.Snapshot) view {
	return view{by: s.sight(w), live: s.Live}.of(snapshot)
}

// of is the view of another state for the same reader.
func (v view) of(whole *index.Snapshot) view {
	now := whole
	if v.live != nil {
		now = v.live.Load()
	}
	v.whole, v.Snapshot = whole, whole.Seen(v.by, now)
	return v
}

// anyone tells whether who has no key may read of a layer, or of the assets.
func (s *server) anyone(name geo.LayerName) bool {
	if slices.Contains(s.Public, name) {
		return true
	}
	if !s.Open {
		return false
	}
	seen := s.viewFor(&response{}, s.Live.Load())
	if name == tiles.AssetsLayer {
		return slices.ContainsFunc(seen.Categories(), func(c geo.Category) bool { return c.Visibility == geo.Public })
	}
	return seen.sees(name)
}

// hidesAsset tells whether an asset is there that the reader does not see.
func (v view) hidesAsset(id geo.AssetID) bool {
	_, seen := v.Asset("", id)
	_, there := v.whole.Asset("", id)
	return there && !seen
}

// hidesCategory tells whether assets of a category are hidden from the reader.
func (v view) hidesCategory(k geo.CategoryKey) bool {
	c, _ := v.whole.Category(k)
	return !v.by.Category(&c)
}

// hidesLayer tells whether a layer is there that the reader does not see.
func (v view) hidesLayer(name geo.LayerName) bool {
	_, there := v.whole.Layer(name)
	return there && !v.sees(name)
}

// hidesLayers tells whether there is any such layer.
func (v view) hidesLayers() bool { return len(v.Layers()) < len(v.whole.Layers()) }

// anonymous tells whether the reader came without a key where keys are asked for.
func (v view) anonymous() bool { return v.by.Of == index.Named || v.by.Of == geo.Public }

// seesAssets tells whether the reader may see assets of any kind.
func (v view) seesAssets() bool { return !v.anonymous() || v.by.Assets || v.AssetCount() > 0 }

// seesAll tells whether the reader sees every layer, asset and department.
func (v view) seesAll() bool { return v.seesAssets() && v.Hidden() == "" }

// mustSeeAll refuses a reader of what names any area, department and row.
func (v view) mustSeeAll() error {
	switch {
	case !v.seesAssets() || v.hidesLayers() && v.anonymous():
		return keyNeeded()
	case v.hidesLayers():
		return geo.Errorf(geo.Forbidden, "this names layers that are restricted: it takes a key with the right to %s", access.SeeRestricted)
	}
	return nil
}

// discreet is a decision as its reader may know it. It was made with everything; what the
// reader does not see is not named.
func (v view) discreet(r *routing.Record) *routing.Record {
	if v.Hidden() == "" {
		return r
	}
	out := *r
	hides := func(a routing.AssetRef) bool {
		return v.hidesCategory(geo.CategoryKey{Standard: a.Standard, Kind: geo.Component, Code: a.Category})
	}
	if r.Asset != nil && hides(*r.Asset) {
		out.Asset = nil
	}
	out.Assets = slices.DeleteFunc(slices.Clone(r.Assets), hides)
	out.Areas = slices.DeleteFunc(slices.Clone(r.Areas), func(a routing.AreaRef) bool { return v.hidesLayer(a.Layer) })
	out.Lines = slices.DeleteFunc(slices.Clone(r.Lines), func(l routing.LineRef) bool { return v.hidesLayer(l.Layer) })
	out.LeftOff = nil
	for layer, n := range r.LeftOff {
		if !v.hidesLayer(layer) {
			if out.LeftOff == nil {
				out.LeftOff = map[geo.LayerName]int{}
			}
			out.LeftOff[layer] = n
		}
	}
	if v.hidesRow(r.Row) {
		out.Row, out.Basis = "", ""
	}
	if v.hidesRuling(r.Ruling) {
		out.Ruling, out.Basis = "", ""
	}
	out.Explanation = make([]routing.StepRecord, 0, len(r.Explanation))
	for _, step := range r.Explanation {
		if !v.mentions(&step.Step) {
			out.Explanation = append(out.Explanation, step)
		}
	}
	out.Contested = v.discreetContest(r.Contested)
	return &out
}

func (v view) hidesRow(id geo.RuleID) bool {
	is := func(r geo.DutyRow) bool { return r.ID == id }
	return id != "" && slices.ContainsFunc(v.whole.Duty().Rules, is) && !slices.ContainsFunc(v.Duty().Rules, is)
}

func (v view) hidesRuling(id geo.RulingID) bool {
	is := func(r geo.Ruling) bool { return r.ID == id }
	return id != "" && slices.ContainsFunc(v.whole.Duty().Rulings, is) && !slices.ContainsFunc(v.Duty().Rulings, is)
}

// mentions tells whether a step names what is hidden.
func (v view) mentions(step *routing.Step) bool {
	what, name, _ := strings.Cut(step.Subject, " ")
	hidden := func(arg string) bool { return v.hidesAsset(geo.AssetID(arg)) || v.hidesLayer(asksAbout(arg)) }
	return what == "asset" && v.hidesAsset(geo.AssetID(name)) || v.hidesLayer(geo.LayerName(what)) ||
		v.hidesRow(step.Row) || v.hidesRuling(geo.RulingID(step.Subject)) || slices.ContainsFunc(step.Args, hidden)
}

// asksAbout is the layer that a question such as area:grids is about; empty for others.
func asksAbout(question string) geo.LayerName {
	_, about, _ := strings.Cut(question, ":")
	layer, _, _ := strings.Cut(about, ":")
	return geo.LayerName(layer)
}

// discreetContest leaves out the question when any answer to it, or what it is about, is
// hidden, and why a candidate is one when that cannot be told.
func (v view) discreetContest(c *routing.ContestRecord) *routing.ContestRecord {
	if c == nil {
		return nil
	}
	out := &routing.ContestRecord{Candidates: slices.Clone(c.Candidates), Question: c.Question}
	for i := range out.Candidates {
		if one := &out.Candidates[i]; v.mentions(&one.Why.Step) {
			one.Why = routing.StepRecord{Step: routing.Step{Department: one.Department.Code, Reason: routing.Withheld}}
		}
	}
	if q := c.Question; q != nil {
		if v.hidesLayer(asksAbout(q.ID)) || slices.ContainsFunc(q.Options, func(o routing.OptionRecord) bool { return v.hidesAsset(geo.AssetID(o.Value)) }) {
			out.Question = nil
		}
	}
	return out
}

// discreetCase is a report as its reader may know it.
func (v view) discreetCase(c *geo.Case) (*geo.Case, error) {
	if v.Hidden() == "" {
		return c, nil
	}
	out := *c
	if v.hidesAsset(c.Report.Asset) {
		out.Report.Asset = ""
	}
	out.Report.Answers = map[string]string{}
	for question, answer := range c.Report.Answers {
		if !v.hidesAsset(geo.AssetID(answer)) {
			out.Report.Answers[question] = answer
		}
	}
	out.Assignments = slices.Clone(c.Assignments)
	for i := range out.Assignments {
		if a := &out.Assignments[i]; a.Decision != nil {
			record, err := routing.ParseRecord(a.Decision)
			if err != nil {
				return nil, err
			}
			a.Decision = v.discreet(record).JSON()
		}
	}
	return &out, nil
}
