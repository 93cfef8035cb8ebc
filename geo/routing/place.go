package routing

import (
	"cmp"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// The answers that say where the place is: area:LAYER=CODE, in:LAYER:CODE=yes or no,
// line:LAYER:CODE=yes or no.
const (
	areaQuestion = "area:"
	inQuestion   = "in:"
	onQuestion   = "line:"
	yes          = "yes"
	no           = "no"
)

func insideQuestion(a *geo.Area) string { return inQuestion + string(a.Layer) + ":" + string(a.Code) }
func lineQuestion(a *geo.Area) string   { return onQuestion + string(a.Layer) + ":" + string(a.Code) }

// answerPlace moves the place to where the answers say it is, as far as that is near: an
// answer can settle what the accuracy leaves open, and no more.
func (d *decider) answerPlace() {
	ids := make([]string, 0, len(d.request.Answers))
	for id := range d.request.Answers {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		value := d.request.Answers[id]
		known := true
		switch {
		case strings.HasPrefix(id, areaQuestion):
			known = d.answerArea(geo.LayerName(id[len(areaQuestion):]), geo.AreaCode(value))
		case strings.HasPrefix(id, inQuestion):
			known = d.answerInOut(geo.Overlay, id[len(inQuestion):], value)
		case strings.HasPrefix(id, onQuestion):
			known = d.answerInOut(geo.Lines, id[len(onQuestion):], value)
		case id == assetQuestion:
			continue
		}
		step := Step{Reason: answered, Args: []string{id, value}}
		if !known {
			step.Reason = answerUnknown
		}
		d.trace.note(step)
	}
}

func (d *decider) answerArea(layer geo.LayerName, code geo.AreaCode) bool {
	a := d.snapshot.Area(layer, code)
	if a == nil || d.kind(a) != geo.Coverage {
		return false
	}
	if a != d.situation.area(layer) {
		if _, near := d.snapshot.EdgeDistance(a, d.request.At, d.accuracy); !near {
			return false
		}
		d.situation.Place = d.moved(a)
	}
	return true
}

// kind is that of an area's layer.
func (d *decider) kind(a *geo.Area) geo.LayerKind {
	l, _ := d.snapshot.Layer(a.Layer)
	return l.Kind
}

// answerInOut takes the place into an area or line, or out of it; only one of the kind that
// is asked about so.
func (d *decider) answerInOut(kind geo.LayerKind, name, value string) bool {
	layer, code, _ := strings.Cut(name, ":")
	a := d.snapshot.Area(geo.LayerName(layer), geo.AreaCode(code))
	if a == nil || d.kind(a) != kind || value != yes && value != no {
		return false
	}
	in := d.holds(a)
	if in == (value == yes) {
		return true
	}
	l, _ := d.snapshot.Layer(a.Layer)
	reach := 0.0
	if l.Kind == geo.Lines {
		reach = cmp.Or(a.Reach, l.Reach)
	}
	if _, near := d.snapshot.EdgeDistance(a, d.request.At, reach+d.accuracy); !near {
		return false
	}
	d.situation.Place = d.toggled(a, in)
	return true
}

func (d *decider) holds(a *geo.Area) bool {
	p := &d.situation.Place
	return slices.ContainsFunc(p.Areas, func(h index.Hit) bool { return h.Area == a }) ||
		slices.ContainsFunc(p.Lines, func(h index.LineHit) bool { return h.Area == a })
}

// moved is the place with another area of a coverage, and the areas above that one.
func (d *decider) moved(a *geo.Area) index.Place {
	place := d.situation.Place
	chain := d.chains[a.Layer]
	place.Areas = slices.DeleteFunc(slices.Clone(place.Areas), func(h index.Hit) bool {
		return slices.Contains(chain, h.Area.Layer)
	})
	for _, above := range chain[slices.Index(chain, a.Layer)+1:] {
		place.Areas = d.put(place.Areas, a)
		if a = d.snapshot.Area(above, a.Parent); a == nil {
			return place
		}
	}
	place.Areas = d.put(place.Areas, a)
	return place
}

// toggled is the place with an area of an overlay or a line taken out, or put in.
func (d *decider) toggled(a *geo.Area, in bool) index.Place {
	place := d.situation.Place
	l, _ := d.snapshot.Layer(a.Layer)
	if l.Kind == geo.Lines {
		place.Lines = slices.DeleteFunc(slices.Clone(place.Lines), func(h index.LineHit) bool { return h.Area == a })
		if !in {
			metres, _ := d.snapshot.EdgeDistance(a, d.request.At, cmp.Or(a.Reach, l.Reach)+d.accuracy)
			place.Lines = append(place.Lines, index.LineHit{Area: a, Distance: metres, Side: geo.Both})
		}
		slices.SortStableFunc(place.Lines, func(a, b index.LineHit) int { return cmp.Compare(a.Distance, b.Distance) })
		return place
	}
	place.Areas = slices.DeleteFunc(slices.Clone(place.Areas), func(h index.Hit) bool { return h.Area == a })
	if !in {
		place.Areas = d.put(place.Areas, a)
	}
	return place
}

// put adds an area where Locate would give it.
func (e *Engine) put(hits []index.Hit, a *geo.Area) []index.Hit {
	at, _ := slices.BinarySearchFunc(hits, a, func(h index.Hit, a *geo.Area) int {
		return cmp.Or(cmp.Compare(e.order[h.Area.Layer], e.order[a.Layer]), cmp.Compare(h.Area.Code, a.Code))
	})
	return slices.Insert(hits, at, index.Hit{Area: a})
}
