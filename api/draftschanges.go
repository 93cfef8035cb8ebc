package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

// Who watch drafts at a time, and how often each looks: what others do in the same draft
// comes from any server.
const (
	maxDraftReaders = 256
	draftLook       = time.Second
)

// draftChanges tells what others do in a draft, as server-sent events, for as long as the
// reader stays: one event for each version seen, with its number as id. The first tells how
// the draft stands, unless the reader comes back (Last-Event-ID) and knows it. Between them
// are those of who looks at it here, at the beginning and when that changes. The last is of a
// draft that was published or discarded; who does not take what is sent is cut off.
func (s *server) draftChanges(w *response, r *http.Request, _ view) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	known, err := lastVersion(r)
	if err != nil {
		return err
	}
	leave, free := s.draftReaders.take()
	if !free {
		return geo.Errorf(geo.Unavailable, "%d readers watch drafts, which is all this server takes at a time; try again, or read the draft with If-None-Match", cap(s.draftReaders))
	}
	defer leave()
	l := &draftListener{events: s.newEvents(w, "draft"), server: s, id: draftInPath(r), language: w.language, version: known}
	var goAway func()
	l.me, goAway = s.audience.enter(l.id, geo.ActorOf(r.Context()).Name)
	defer goAway()
	return l.follow(r, func() <-chan struct{} { return l.me.moved }, draftLook, l.look)
}

// lastVersion is the version that a reader who comes back knows; 0 for none.
func lastVersion(r *http.Request) (int64, error) {
	last := r.Header.Get("Last-Event-ID")
	if last == "" {
		return 0, nil
	}
	version, err := strconv.ParseInt(last, 10, 64)
	if err != nil || version < 1 {
		return 0, geo.Errorf(geo.Invalid, "Last-Event-ID is %q: send the id of an event of this stream", clip(last))
	}
	return version, nil
}

// draftListener is one reader of a draft's changes.
type draftListener struct {
	events
	server   *server
	id       geo.DraftID
	language geo.Language // of the notes
	me       *watcher
	present  []*watcher  // told last
	version  int64       // told last
	force    []time.Time // of the edits in force that the reader knows: no two edits have one number and one time
	begun    bool        // force was looked up
}

// draftEvent is the data of an event.
type draftEvent struct {
	Version int64          `json:"version"`
	Name    string         `json:"name"`
	State   geo.DraftState `json:"state"`
	Head    int            `json:"head"`
	Edits   int            `json:"edits"`
	Done    []doneBrief    `json:"done"`   // edits in force since the event before, redone ones too
	Undone  []int          `json:"undone"` // edits no longer in force, by number
}

// doneBrief is an edit as others see it come.
type doneBrief struct {
	Number int               `json:"number"`
	Author string            `json:"author"`
	At     time.Time         `json:"at"`
	Reason string            `json:"reason"`
	Edit   planning.EditKind `json:"edit"`
	effectAnswer
}

// look writes an event where the draft has another version than was told, and one where
// others look at it.
func (l *draftListener) look(ctx context.Context) (over bool, err error) {
	d, err := l.server.Drafts.Get(ctx, l.id)
	if err != nil {
		return false, err
	}
	if d.Version != l.version || !l.begun {
		if d, err = l.tell(ctx); err != nil {
			return false, err
		}
	}
	return !alive(&d), l.greet()
}

// tell writes what was done since the event before, and gives the draft as it was then. Who
// comes back and knows that version is told nothing.
func (l *draftListener) tell(ctx context.Context) (geo.Draft, error) {
	all, d, err := l.server.Drafts.Edits(ctx, l.id)
	if err != nil {
		return d, err
	}
	event := draftEvent{d.Version, d.Name, d.State, d.Head, d.Edits, []doneBrief{}, []int{}}
	if l.begun {
		event.differ(l.force, all[:d.Head], l.language)
	}
	told := d.Version == l.version
	l.version, l.force, l.begun = d.Version, l.force[:0], true
	for i := range all[:d.Head] {
		l.force = append(l.force, all[i].At)
	}
	if told {
		return d, nil
	}
	return d, l.event(strconv.FormatInt(d.Version, 10), "draft", event)
}

// differ tells which edits came into force and which went out of it. The two lists are the
// same up to where one was undone: the edit that took its place has another time.
func (e *draftEvent) differ(before []time.Time, now []planning.DoneEdit, l geo.Language) {
	same := 0
	for same < min(len(before), len(now)) && before[same].Equal(now[same].At) {
		same++
	}
	for i := same; i < len(before); i++ {
		e.Undone = append(e.Undone, i+1)
	}
	for i := same; i < len(now); i++ {
		d := &now[i]
		e.Done = append(e.Done, doneBrief{d.Number, d.Author, d.At, d.Reason, d.Edit.Kind, describeEffect(&d.Effect, l)})
	}
}
