package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/planning"
)

// So few edits are read and done at a time that all of them fit into memory.
const (
	maxEditBody = 16 << 20 // bytes of one: a replace carries a region
	maxEdited   = 8
)

// editRequest is an edit as it is sent, with why it is made. Positions are read strictly:
// one with a number too few is no place on the map.
type editRequest struct {
	planning.Edit
	Line    []position   `json:"line"`
	Polygon [][]position `json:"polygon"`
	At      *position    `json:"at"`
	To      *position    `json:"to"`
	Reason  string       `json:"reason"`
}

const editFields = "edit, reason, layer, areas, line, polygon, geometry, at, to, tolerance_m, parents, parent, into, codes, name, department, attributes, side, reach_m, features, group"

// position is longitude and latitude in degrees; a height may follow and is left aside.
type position orb.Point

func (p *position) UnmarshalJSON(b []byte) error {
	var numbers []float64
	if err := json.Unmarshal(b, &numbers); err != nil || len(numbers) < 2 || len(numbers) > 3 {
		return geo.Errorf(geo.Invalid, "%s is no position: write [longitude, latitude] in degrees", clip(string(b)))
	}
	if _, err := geo.CoordOf(numbers[0], numbers[1]); err != nil {
		return geo.Errorf(geo.Invalid, "%s is no position: %w", clip(string(b)), err)
	}
	p[0], p[1] = numbers[0], numbers[1]
	return nil
}

// edit is the edit itself.
func (q *editRequest) edit() planning.Edit {
	e := q.Edit
	e.Line = points[orb.LineString](q.Line)
	for _, ring := range q.Polygon {
		e.Polygon = append(e.Polygon, points[orb.Ring](ring))
	}
	e.At, e.To = (*orb.Point)(q.At), (*orb.Point)(q.To)
	return e
}

func points[S ~[]orb.Point](given []position) (all S) {
	for _, p := range given {
		all = append(all, orb.Point(p))
	}
	return all
}

// addEdit does an edit on a draft, which then stands at another version. Without If-Match it
// is done on the draft as it is: edits in different places do not hinder each other. The
// answer draws what changed, and the faults near it.
func (s *server) addEdit(w *response, r *http.Request, v view) error {
	var q editRequest
	if _, err := readParams(r); err != nil {
		return err
	}
	leave, err := s.edited.wait(r.Context())
	if err != nil {
		return err
	}
	defer leave()
	if err := decodeUpTo(w, r, maxEditBody, &q, editFields, "application/json"); err != nil {
		return err
	}
	if q.Kind == "" {
		return geo.Errorf(geo.Invalid, "edit is missing: say what shall be done, such as move-border, split or merge")
	}
	if strings.TrimSpace(q.Reason) == "" {
		return geo.Errorf(geo.Invalid, "reason is missing: say why, for whoever reads the record")
	}
	if err := checkTexts([]sentText{{"reason", q.Reason, drafts.MaxReason}}); err != nil {
		return err
	}
	version, err := seenVersion(r)
	if err != nil {
		return err
	}
	done, err := s.Drafts.Edit(r.Context(), draftInPath(r), version, q.edit(), q.Reason)
	if err != nil {
		return s.overtaken(r, version, err)
	}
	return s.sendDone(w, r, v, done)
}

// seenVersion is the version of the draft that If-Match names; 0 where it names none.
func seenVersion(r *http.Request) (int64, error) {
	given := strings.TrimSpace(r.Header.Get("If-Match"))
	if given == "" || given == "*" {
		return 0, nil
	}
	version, err := strconv.ParseInt(strings.Trim(given, `"`), 10, 64)
	if err != nil || version < 1 {
		return 0, geo.Errorf(geo.Invalid, "If-Match is %s: send the ETag of the draft as you have seen it", clip(given))
	}
	return version, nil
}

// doneAnswer is what an edit did, fit for drawing.
type doneAnswer struct {
	Draft  draftAnswer     `json:"draft"`
	Edit   editAnswer      `json:"edit"`
	Areas  json.RawMessage `json:"areas"` // as they are now
	Faults json.RawMessage `json:"faults"`
}

func (s *server) sendDone(w *response, r *http.Request, v view, done *drafts.Done) error {
	faults, err := faultCollection(done.Faults, w.language)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", draftTag(&done.Draft))
	w.speaks()
	return sendJSON(w, doneAnswer{
		Draft: s.describeDraft(r, v, &done.Draft), Edit: describeEdit(&done.Draft, &done.Edit, w.language),
		Areas: areaCollection(done.Edit.Effect.Areas), Faults: faults,
	})
}

// edits lists the edits of a draft by number, undone ones too.
func (s *server) edits(w *response, r *http.Request, _ view) error {
	p, err := readParams(r, "limit", cursorParam)
	if err != nil {
		return err
	}
	after, limit, err := p.after()
	if err != nil {
		return err
	}
	all, d, err := s.Drafts.Edits(r.Context(), draftInPath(r))
	if err != nil {
		return err
	}
	answer := struct {
		Version int64        `json:"version"`
		Head    int          `json:"head"`
		Edits   []editAnswer `json:"edits"`
		Next    int          `json:"next,omitempty"` // after which number the next page begins
	}{d.Version, d.Head, []editAnswer{}, 0}
	rest := all[min(int64(len(all)), after):]
	if len(rest) > limit {
		rest, answer.Next = rest[:limit], rest[limit-1].Number
	}
	for i := range rest {
		answer.Edits = append(answer.Edits, describeEdit(&d, &rest[i], w.language))
	}
	w.speaks()
	return sendJSON(w, answer)
}

// undo puts the last edits in force out of force; redo puts those undone last back. Either
// gives the very state there was.
func (s *server) undo(w *response, r *http.Request, v view) error {
	return s.step(w, r, v, s.Drafts.Undo)
}

func (s *server) redo(w *response, r *http.Request, v view) error {
	return s.step(w, r, v, s.Drafts.Redo)
}

// step goes back or forth among the edits of a draft and draws what is otherwise then.
func (s *server) step(w *response, r *http.Request, v view, do func(ctx context.Context, id geo.DraftID, version int64, steps int) (geo.Draft, error)) error {
	var q struct {
		Steps int `json:"steps"`
	}
	if err := decodeAlone(w, r, &q, "steps"); err != nil {
		return err
	}
	id, ctx := draftInPath(r), r.Context()
	var before, after geo.Draft
	err := s.onDraft(r, func(version int64) (err error) {
		if before, err = s.Drafts.Get(ctx, id); err == nil {
			after, err = do(ctx, id, version, q.Steps)
		}
		return err
	})
	if err != nil {
		return err
	}
	areas, ended, err := s.between(ctx, id, before.Head, after.Head)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", draftTag(&after))
	w.speaks()
	return sendJSON(w, struct {
		Draft draftAnswer         `json:"draft"`
		Areas json.RawMessage     `json:"areas"` // as they are now
		Ended []planning.AreaName `json:"ended"`
	}{s.describeDraft(r, v, &after), areaCollection(areas), ended})
}

// between are the areas that the edits between two heads touch, as the draft has them now,
// and those of them that it has not.
func (s *server) between(ctx context.Context, id geo.DraftID, a, b int) (areas []*geo.Area, ended []planning.AreaName, err error) {
	all, d, err := s.Drafts.Edits(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	drafted, _, err := s.Drafts.View(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	ended = []planning.AreaName{}
	seen := map[planning.AreaName]bool{}
	for i := min(a, b); i < min(max(a, b), d.Edits); i++ {
		effect := &all[i].Effect
		for _, name := range append(changedBy(effect), effect.Ended...) {
			switch area := drafted.Area(name.Layer, name.Code); {
			case seen[name]:
			case area == nil:
				ended = append(ended, name)
			default:
				areas = append(areas, area)
			}
			seen[name] = true
		}
	}
	return areas, ended, nil
}

// draftFaults draws the faults near all that a draft changes.
func (s *server) draftFaults(w *response, r *http.Request, _ view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	faults, d, err := s.Drafts.Faults(r.Context(), draftInPath(r))
	if err != nil {
		return err
	}
	body, err := faultCollection(faults, w.language)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", draftTag(&d))
	w.speaks()
	send(w, http.StatusOK, geoJSON, append(body, '\n'))
	return nil
}

// recode lists the codes that a draft changes, for a spreadsheet.
func (s *server) recode(w *response, r *http.Request, _ view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	id := draftInPath(r)
	recodes, d, err := s.Drafts.Recodes(r.Context(), id)
	if err != nil {
		return err
	}
	drafted, _, err := s.Drafts.View(r.Context(), id)
	if err != nil {
		return err
	}
	body := bytes.NewBufferString("\ufeff") // by which spreadsheets know UTF-8
	table := csv.NewWriter(body)
	_ = table.Write([]string{"old", "new", "layer", "name"}) // a buffer takes everything
	for _, c := range recodes {
		name := ""
		if a := drafted.Area(c.Layer, c.To); a != nil {
			name = a.Name
		}
		_ = table.Write([]string{string(c.From), string(c.To), string(c.Layer), name})
	}
	table.Flush()
	w.Header().Set("ETag", draftTag(&d))
	w.Header().Set("Content-Disposition", `attachment; filename="recode.csv"`)
	send(w, http.StatusOK, csvType+"; charset=utf-8", body.Bytes())
	return nil
}
