package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"gridwarden/geo"
)

// Editions are what is kept of the published states.
type Editions interface {
	// Editions are those below a number, the newest first, at most so many.
	Editions(ctx context.Context, below geo.Edition, most int) ([]geo.EditionRecord, error)
	// Edition is one of them; geo.NotFound when there is none of that number.
	Edition(ctx context.Context, number geo.Edition) (geo.EditionRecord, error)
	// AreaVersions are the newest versions that an area of a code ever had, at most so
	// many, the newest first; none where the code was never used.
	AreaVersions(ctx context.Context, layer geo.LayerName, code geo.AreaCode, most int) ([]geo.AreaVersion, error)
	// History is every descent through which ground of an area came, or went on, in the
	// order of editions; more tells that these are only the nearest.
	History(ctx context.Context, layer geo.LayerName, code geo.AreaCode) (descents []geo.Descent, more bool, err error)
}

// maxEditions is how many editions one page tells: what each brought is counted anew.
const maxEditions = 100

// editionAnswer is an edition as it is told. Its times are told to the microsecond: at= the
// very moment is answered by it.
type editionAnswer struct {
	Number        geo.Edition `json:"number"`
	PublishedAt   time.Time   `json:"published_at"`
	EffectiveFrom time.Time   `json:"effective_from"`
	Note          string      `json:"note,omitempty"`
	Author        string      `json:"author,omitempty"`
	Document      string      `json:"document,omitempty"`
	Draft         geo.DraftID `json:"draft,omitempty"`
	AreasBegun    int         `json:"areas_begun"` // versions
	AreasEnded    int         `json:"areas_ended"`
	Links         []link      `json:"links"`
}

// tellEdition is an edition as a reader may know it: what was noted, and by whom, is for
// who may see everything.
func (s *server) tellEdition(r *http.Request, v view, e *geo.EditionRecord) editionAnswer {
	self := baseURL(r) + "/v1/editions/" + strconv.FormatInt(int64(e.Number), 10)
	a := editionAnswer{
		Number: e.Number, PublishedAt: e.PublishedAt.In(s.Zone), EffectiveFrom: e.EffectiveFrom.In(s.Zone),
		AreasBegun: e.Begun, AreasEnded: e.Ended, Links: []link{{"self", self, "application/json"}},
	}
	if v.seesAll() {
		a.Note, a.Author, a.Document, a.Draft = e.Note, e.Author, e.Document, e.Draft
	}
	if e.Number > 1 {
		before := strconv.FormatInt(int64(e.Number-1), 10)
		a.Links = append(a.Links, link{"differences", self + "/differences?from=" + before, geoJSON})
	}
	return a
}

// editions lists the published states, the newest first.
func (s *server) editions(w *response, r *http.Request, v view) error {
	if s.Editions == nil {
		return elsewhere()
	}
	p, err := readParams(r, "limit", cursorParam)
	if err != nil {
		return err
	}
	limit, err := p.whole("limit", 20, 1, maxEditions)
	if err != nil {
		return err
	}
	below, err := p.whole(cursorParam, 1<<62, 1, 1<<62)
	if err != nil {
		return err
	}
	found, err := s.Editions.Editions(r.Context(), geo.Edition(below), int(limit)+1)
	if err != nil {
		return err
	}
	answer := struct {
		Editions []editionAnswer `json:"editions"`
		Next     geo.Edition     `json:"next,omitempty"` // after which number the next page begins
	}{Editions: []editionAnswer{}}
	if len(found) > int(limit) {
		found = found[:limit]
		answer.Next = found[limit-1].Number
	}
	for i := range found {
		answer.Editions = append(answer.Editions, s.tellEdition(r, v, &found[i]))
	}
	return sendJSON(w, answer)
}

// edition is one published state.
func (s *server) edition(w *response, r *http.Request, v view) error {
	if s.Editions == nil {
		return elsewhere()
	}
	if _, err := readParams(r); err != nil {
		return err
	}
	number, err := editionInPath(r)
	if err != nil {
		return err
	}
	e, err := s.Editions.Edition(r.Context(), number)
	if err != nil {
		return err
	}
	return sendJSON(w, s.tellEdition(r, v, &e))
}

// editionInPath is the edition a path names.
func editionInPath(r *http.Request) (geo.Edition, error) {
	text := inPath(r, "edition")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, geo.Errorf(geo.NotFound, "%s is no edition: they are numbered from 1, and /v1/editions lists them", clip(text))
	}
	return geo.Edition(n), nil
}
