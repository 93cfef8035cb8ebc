package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/drafts"
	"gridwarden/geo/planning"
)

const maxDocument = 200 // characters of the number of a document

// publishRequest is how a draft shall become an edition.
type publishRequest struct {
	Note          string `json:"note"`
	EffectiveFrom string `json:"effective_from"`
	Document      string `json:"document"`
	Version       int64  `json:"version"`
}

const publishFields = "note, effective_from, document, version"

func (q *publishRequest) options(r *http.Request) (o drafts.PublishOptions, err error) {
	o = drafts.PublishOptions{Version: q.Version, Note: strings.TrimSpace(q.Note), Document: strings.TrimSpace(q.Document)}
	if q.Version < 0 {
		return o, geo.Errorf(geo.Invalid, "version is %d: give that of the draft as you have seen it, or leave it out", q.Version)
	}
	if err := checkTexts([]sentText{{"note", q.Note, maxNote}, {"document", q.Document, maxDocument}}); err != nil {
		return o, err
	}
	if o.EffectiveFrom, err = readTime("effective_from", q.EffectiveFrom); err != nil {
		return o, err
	}
	o.Base, err = seenEdition(r)
	return o, err
}

// seenEdition is the edition that If-Match names as the newest.
func seenEdition(r *http.Request) (geo.Edition, error) {
	given := strings.TrimSpace(r.Header.Get("If-Match"))
	if given == "" {
		return 0, refuse(http.StatusPreconditionRequired, "the header If-Match is missing: send the number of the newest edition as you have seen it, in quotes, so that nobody's edition is passed over")
	}
	edition, err := strconv.ParseInt(strings.Trim(given, `"`), 10, 64)
	if err != nil || edition < 1 {
		return 0, geo.Errorf(geo.Invalid, "If-Match is %s: send the number of the newest edition as you have seen it, in quotes", clip(given))
	}
	return geo.Edition(edition), nil
}

// publishDraft makes the next edition of a draft, or, for a time to come, schedules it. What
// is wrong with the draft is drawn in the refusal.
func (s *server) publishDraft(w *response, r *http.Request, v view) error {
	var q publishRequest
	if err := decodeAlone(w, r, &q, publishFields); err != nil {
		return err
	}
	o, err := q.options(r)
	if err != nil {
		return err
	}
	id := draftInPath(r)
	done, err := s.Drafts.Publish(r.Context(), id, o)
	if done != nil && geo.KindOf(err) == geo.Faulty {
		return s.refuseFaulty(w, err, done.Faults)
	}
	if geo.KindOf(err) == geo.Conflict {
		return s.notPublished(r, id, o, err)
	}
	if err != nil {
		return err
	}
	return s.sendPublished(w, r, v, done)
}

// notPublished tells what a publication conflicts with: an edition that came meanwhile and a
// draft that was changed are stale, with the way on; else what the sentence says.
func (s *server) notPublished(r *http.Request, id geo.DraftID, o drafts.PublishOptions, err error) error {
	d, e := s.Drafts.Get(r.Context(), id)
	switch newest := s.Live.Load().Edition().Number; {
	case e != nil || !alive(&d):
		return err
	case errors.Is(err, geo.ErrPassedOver), newest != d.Base:
		return refuse(http.StatusPreconditionFailed, "another edition was published after the edition %d that the draft is based on: rebase it (POST %s/rebase), look at what it does then, and publish it with the number of the newest edition in If-Match", d.Base, draftPath(id))
	case newest != o.Base:
		return refuse(http.StatusPreconditionFailed, "If-Match names edition %d, and the newest is %d, on which the draft is based: look at what it does, and publish it with that number", o.Base, newest)
	case o.Version != 0 && d.Version != o.Version:
		return changedMeanwhile(&d)
	}
	return err
}

// refuseFaulty is a problem document that draws the faults it speaks of.
func (s *server) refuseFaulty(w *response, err error, faults []planning.Fault) error {
	drawn, e := faultCollection(faults, w.language)
	if e != nil {
		return e
	}
	return sendProblem(w, http.StatusUnprocessableEntity, struct {
		problem
		Faults json.RawMessage `json:"faults"`
	}{problemOf(w, err), drawn})
}

// publishedAnswer is what came of publishing.
type publishedAnswer struct {
	Draft         *draftAnswer `json:"draft,omitempty"`
	Edition       geo.Edition  `json:"edition,omitempty"` // absent: it is scheduled
	PublishedAt   *time.Time   `json:"published_at,omitempty"`
	EffectiveFrom *time.Time   `json:"effective_from,omitempty"`
	Note          string       `json:"note,omitempty"`
}

func (s *server) sendPublished(w *response, r *http.Request, v view, done *drafts.Published) error {
	status, answer := http.StatusAccepted, publishedAnswer{}
	if done.Edition.Number > 0 {
		status = http.StatusCreated
		answer.Edition, answer.Note = done.Edition.Number, done.Edition.Note
		answer.PublishedAt, answer.EffectiveFrom = &done.Edition.PublishedAt, &done.Edition.EffectiveFrom
		w.Header().Set("Gridwarden-Sequence", strconv.FormatInt(int64(done.Position.Sequence), 10))
		w.Header().Set("ETag", editionTag(done.Edition.Number))
	}
	if done.Draft.ID != "" {
		d := s.describeDraft(r, v, &done.Draft)
		answer.Draft = &d
	}
	w.speaks()
	return sendStatusJSON(w, status, answer)
}

// takeBack makes a new edition that equals an older one.
func (s *server) takeBack(w *response, r *http.Request, v view) error {
	var q struct {
		EqualTo geo.Edition `json:"equal_to"`
		Note    string      `json:"note"`
	}
	if err := decodeAlone(w, r, &q, "equal_to, note"); err != nil {
		return err
	}
	if q.EqualTo < 1 {
		return geo.Errorf(geo.Invalid, "equal_to is missing: give the number of the edition that shall hold again")
	}
	o, err := (&publishRequest{Note: q.Note}).options(r)
	if err != nil {
		return err
	}
	done, err := s.Drafts.TakeBack(r.Context(), q.EqualTo, o)
	if errors.Is(err, geo.ErrPassedOver) || geo.KindOf(err) == geo.Conflict && s.Live.Load().Edition().Number != o.Base {
		return refuse(http.StatusPreconditionFailed, "another edition than %d, which you have seen, is the newest now: look at it, and send its number in If-Match if it shall be taken back too", o.Base)
	}
	if err != nil {
		return err
	}
	return s.sendPublished(w, r, v, done)
}

// rebaseDraft does the edits of a draft again on the newest edition. Where one conflicts with
// what was published meanwhile, the draft stays as it was and the conflicts are drawn: send
// a choice for each.
func (s *server) rebaseDraft(w *response, r *http.Request, v view) error {
	var q struct {
		Choices map[string]drafts.Choice `json:"choices"`
	}
	if err := decodeAlone(w, r, &q, "choices"); err != nil {
		return err
	}
	choices := map[int]drafts.Choice{}
	for text, choice := range q.Choices {
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 {
			return geo.Errorf(geo.Invalid, "choices names %q: give numbers of edits", clip(text))
		}
		if choice != drafts.Drop && choice != drafts.Mine {
			return geo.Errorf(geo.Invalid, "the choice for edit %d is %q: it is %s or %s", number, clip(string(choice)), drafts.Drop, drafts.Mine)
		}
		choices[number] = choice
	}
	var done *drafts.Rebased
	err := s.onDraft(r, func(version int64) (err error) {
		done, err = s.Drafts.Rebase(r.Context(), draftInPath(r), version, choices)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("ETag", draftTag(&done.Draft))
	answer := s.describeRebase(r, v, done)
	if n := len(done.Conflicts); n > 0 {
		return sendProblem(w, http.StatusConflict, struct {
			problem
			rebaseAnswer
		}{problemOf(w, refuse(http.StatusConflict, "%d edits changed what was published otherwise meanwhile, and the draft is as it was: say in choices for each whether to %s it or to take %s", n, drafts.Drop, drafts.Mine)), answer})
	}
	w.speaks()
	return sendJSON(w, answer)
}

type rebaseAnswer struct {
	Draft     draftAnswer      `json:"draft"`
	Conflicts []conflictAnswer `json:"conflicts"`
	Dropped   []int            `json:"dropped"` // edits left out, by the numbers they had
}

// conflictAnswer is an edit that changed what was published otherwise meanwhile, and its
// areas for drawing side by side.
type conflictAnswer struct {
	Number int             `json:"number"`
	Reason string          `json:"reason"`
	Base   json.RawMessage `json:"base"`   // as the edit found them
	Theirs json.RawMessage `json:"theirs"` // as they are on the new base
	Ours   json.RawMessage `json:"ours"`   // as the edit made them
}

func (s *server) describeRebase(r *http.Request, v view, done *drafts.Rebased) rebaseAnswer {
	answer := rebaseAnswer{s.describeDraft(r, v, &done.Draft), []conflictAnswer{}, append([]int{}, done.Dropped...)}
	for _, c := range done.Conflicts {
		answer.Conflicts = append(answer.Conflicts, conflictAnswer{
			c.Number, c.Reason.In(languageOf(r)), areaCollection(c.Base), areaCollection(c.Theirs), areaCollection(c.Ours),
		})
	}
	return answer
}
