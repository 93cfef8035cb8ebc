package api

import (
	"net/http"
	"strconv"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
	"gridwarden/geo/drafts"
)

// planned wraps a handler of drafts: it takes a key with the right, of one who sees every
// layer, for drafts name areas of any, and no cache keeps its answers.
func (s *server) planned(right access.Right, h func(*response, *http.Request, view) error) handler {
	return s.need(right, func(w *response, r *http.Request) error {
		if s.Drafts == nil {
			return elsewhere()
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Authorization, Cookie")
		snapshot, err := s.current(r)
		if err != nil {
			return err
		}
		w.tellState(snapshot)
		v := s.viewFor(w, snapshot)
		if err := v.mustSeeAll(); err != nil {
			return err
		}
		return h(w, r, v)
	})
}

func draftPath(id geo.DraftID) string { return "/v1/drafts/" + string(id) }

func draftInPath(r *http.Request) geo.DraftID { return geo.DraftID(inPath(r, "draft")) }

// draftTag is the ETag of a draft: it changes with whatever happens to it.
func draftTag(d *geo.Draft) string { return `"` + strconv.FormatInt(d.Version, 10) + `"` }

// editionTag is the ETag of an edition as the base of a draft.
func editionTag(e geo.Edition) string { return `"` + strconv.FormatInt(int64(e), 10) + `"` }

// draftView is a view with the edits of a draft, for the parameter draft. Only who reads
// with a key sees drafts, where keys are asked for, and no shared cache keeps them. The
// answer goes on to say the sequence of the view that is served: a draft has none.
func (s *server) draftView(w *response, r *http.Request, v view, p params) (view, error) {
	if p.Has("at") || p.Has("edition") || p.Has("known") {
		return v, geo.Errorf(geo.Invalid, "draft names a state, and edition and at another: give one of them")
	}
	if s.Drafts == nil {
		return v, elsewhere()
	}
	if s.KeysOn {
		if err := s.present(w, r, access.Read); err != nil {
			return v, err
		}
	}
	drafted, _, err := s.Drafts.View(r.Context(), geo.DraftID(p.Get("draft")))
	if err != nil {
		return v, err
	}
	v = v.of(drafted)
	w.Header().Set("Cache-Control", "private, no-cache")
	return v, nil
}

// newDraft is what a draft is made with.
type newDraft struct {
	Name string      `json:"name"`
	Base geo.Edition `json:"base"`
}

// addDraft begins a draft on an edition, the newest where none is named.
func (s *server) addDraft(w *response, r *http.Request, v view) error {
	var q newDraft
	if err := decodeAlone(w, r, &q, "name, base"); err != nil {
		return err
	}
	if q.Base < 0 {
		return geo.Errorf(geo.Invalid, "base is %d: give the number of an edition, or leave it out for the newest", q.Base)
	}
	if err := checkTexts([]sentText{{"name", q.Name, drafts.MaxName}}); err != nil {
		return err
	}
	d, err := s.Drafts.Create(r.Context(), q.Name, q.Base)
	if err != nil {
		return err
	}
	w.Header().Set("Location", draftPath(d.ID))
	return s.sendDraft(w, r, v, http.StatusCreated, &d)
}

// decodeAlone is decode of a request that takes no parameters.
func decodeAlone(w *response, r *http.Request, v any, known string) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	return decode(w, r, v, known)
}

// sendDraft answers with a draft and its ETag.
func (s *server) sendDraft(w *response, r *http.Request, v view, status int, d *geo.Draft) error {
	w.Header().Set("ETag", draftTag(d))
	w.speaks()
	return sendStatusJSON(w, status, s.describeDraft(r, v, d))
}

// drafts lists the drafts that something can still become of, or those in a state, the one
// that changed last first.
func (s *server) drafts(w *response, r *http.Request, v view) error {
	p, err := readParams(r, "state", "author", "limit", cursorParam)
	if err != nil {
		return err
	}
	states, err := p.draftStates()
	if err != nil {
		return err
	}
	all, err := s.Drafts.List(r.Context(), states...)
	if err != nil {
		return err
	}
	answer := struct {
		Edition geo.Edition   `json:"edition"`
		Drafts  []draftAnswer `json:"drafts"`
		Next    geo.DraftID   `json:"next,omitempty"` // after which the next page begins
	}{v.Edition().Number, []draftAnswer{}, ""}
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return err
	}
	page, next := draftPage(all, p, int(limit))
	answer.Next = next
	for i := range page {
		answer.Drafts = append(answer.Drafts, s.describeDraft(r, v, &page[i]))
	}
	w.speaks()
	return sendJSON(w, answer)
}

// draftPage are the drafts after the one that a page begins after, of an author where one
// is named. Where that draft has left the list meanwhile the list begins anew: who reads on
// sees one twice and misses none.
func draftPage(all []geo.Draft, p params, limit int) (page []geo.Draft, next geo.DraftID) {
	for i := range all {
		if all[i].ID == geo.DraftID(p.Get(cursorParam)) {
			all = all[i+1:]
			break
		}
	}
	for _, d := range all {
		switch {
		case p.Has("author") && d.Author != p.Get("author"):
		case len(page) == limit:
			return page, page[limit-1].ID
		default:
			page = append(page, d)
		}
	}
	return page, ""
}

// draftStates is the parameter state: none, or several separated by commas.
func (p params) draftStates() (states []geo.DraftState, err error) {
	if !p.Has("state") {
		return nil, nil
	}
	for name := range strings.SplitSeq(p.Get("state"), ",") {
		switch state := geo.DraftState(name); state {
		case geo.DraftOpen, geo.DraftScheduled, geo.DraftHeld, geo.DraftPublished, geo.DraftDiscarded:
			states = append(states, state)
		default:
			return nil, geo.Errorf(geo.Invalid, "state=%s: a draft is %s, %s, %s, %s or %s", clip(name),
				geo.DraftOpen, geo.DraftScheduled, geo.DraftHeld, geo.DraftPublished, geo.DraftDiscarded)
		}
	}
	return states, nil
}

// draft answers with one draft.
func (s *server) draft(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	d, err := s.Drafts.Get(r.Context(), draftInPath(r))
	if err != nil {
		return err
	}
	if known := listed(r, "If-None-Match"); matches(known, draftTag(&d)) {
		w.Header().Set("ETag", draftTag(&d))
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return s.sendDraft(w, r, v, http.StatusOK, &d)
}

// draftPatch is what can be said anew of a draft.
type draftPatch struct {
	Name    *string   `json:"name"`
	Editors *[]string `json:"editors"` // the names of their keys
}

// patchDraft renames a draft, or shares it with others by the names of their keys.
func (s *server) patchDraft(w *response, r *http.Request, v view) error {
	var q draftPatch
	if _, err := readParams(r); err != nil {
		return err
	}
	if err := decodeAs(w, r, &q, "name, editors", "application/json", "application/merge-patch+json"); err != nil {
		return err
	}
	if q.Name == nil && q.Editors == nil {
		return geo.Errorf(geo.Invalid, "there is nothing to change: give name or editors")
	}
	var texts []sentText
	if q.Name != nil {
		texts = append(texts, sentText{"name", *q.Name, drafts.MaxName})
	}
	if q.Editors != nil {
		for _, name := range *q.Editors {
			texts = append(texts, sentText{"editors", name, maxName})
		}
	}
	if err := checkTexts(texts); err != nil {
		return err
	}
	return s.changeDraft(w, r, v, func(version int64) (geo.Draft, error) {
		return s.Drafts.Patch(r.Context(), draftInPath(r), version, drafts.Change(q))
	})
}

// changeDraft answers with a draft after something was done to it, which had to be as the
// request has seen it.
func (s *server) changeDraft(w *response, r *http.Request, v view, do func(version int64) (geo.Draft, error)) error {
	var d geo.Draft
	err := s.onDraft(r, func(version int64) (err error) {
		d, err = do(version)
		return err
	})
	if err != nil {
		return err
	}
	return s.sendDraft(w, r, v, http.StatusOK, &d)
}

// onDraft does something to the draft of a path, which has to be as If-Match says.
func (s *server) onDraft(r *http.Request, do func(version int64) error) error {
	d, err := s.Drafts.Get(r.Context(), draftInPath(r))
	if err != nil {
		return err
	}
	if err := mustMatch(r, draftTag(&d), geo.Say("draft"), changedMeanwhile(&d)); err != nil {
		return err
	}
	return s.overtaken(r, d.Version, do(d.Version))
}

// overtaken tells a conflict with somebody who changed the draft since a version from others.
func (s *server) overtaken(r *http.Request, version int64, err error) error {
	if version == 0 || geo.KindOf(err) != geo.Conflict {
		return err
	}
	if d, e := s.Drafts.Get(r.Context(), draftInPath(r)); e == nil && d.Version != version {
		return changedMeanwhile(&d)
	}
	return err
}

func changedMeanwhile(d *geo.Draft) error {
	return refuse(http.StatusPreconditionFailed, "the draft %s was changed meanwhile and is at version %d: read it again, and change it as it is now", d.ID, d.Version)
}

// discardDraft lets nothing become of a draft any more. What was done stays on record.
func (s *server) discardDraft(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	err := s.onDraft(r, func(version int64) error {
		_, err := s.Drafts.Discard(r.Context(), draftInPath(r), version)
		return err
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// unschedule takes a draft off its schedule, or what it was held for: it can be worked on
// again. Whose draft it is may do so, and who scheduled it.
func (s *server) unschedule(w *response, r *http.Request, v view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	if s.KeysOn && !s.may(w, r, access.Plan) {
		if err := s.present(w, r, access.Publish); err != nil {
			return err
		}
	}
	return s.changeDraft(w, r, v, func(version int64) (geo.Draft, error) {
		return s.Drafts.Unschedule(r.Context(), draftInPath(r), version)
	})
}
