package api

import (
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// maxTileReaders bounds how many follow the dirty tiles at a time: each open map is one.
const maxTileReaders = 2048

// tileFeedRequest is what a reader of the dirty tiles follows.
type tileFeedRequest struct {
	frame  tiles.Frame
	by     *index.Sight
	layers []geo.LayerName // nil: all that the reader sees
	asked  bool            // tiles asked for with fields or a filter
	after  geo.Position    // what the reader knows; its change is zero where a bare sequence was given
}

// readTileFeedRequest reads the parameters, those of tiles among them. A reader that names no
// place begins at the view.
func (v view) readTileFeedRequest(r *http.Request) (q tileFeedRequest, err error) {
	p, err := readParams(r, "layers", "fields", "filter", "crs", cursorParam)
	if err != nil {
		return q, err
	}
	q.by = v.by
	if p.Has("layers") {
		if q.layers, err = v.tileLayers(layerList(p.Get("layers"))); err != nil {
			return q, err
		}
	}
	want, err := p.tileWant()
	if err != nil {
		return q, err
	}
	q.frame, q.asked, q.after = want.Frame, want.Fields != nil || want.Filter != nil, v.Position()
	for _, place := range []struct{ name, text string }{{"after", p.Get(cursorParam)}, {"Last-Event-ID", r.Header.Get("Last-Event-ID")}} {
		if place.text == "" {
			continue
		}
		if q.after, err = parsePosition(place.text); err != nil {
			return q, geo.Errorf(geo.Invalid, "%s is %q: send the id of an event of this stream, or a Gridwarden-Sequence answered before", place.name, clip(place.text))
		}
	}
	return q, nil
}

// eventID is a position as the id of an event: the sequence and the id of its change, which
// no other history has.
func eventID(p geo.Position) string {
	return fmt.Sprintf("%d-%s", p.Sequence, hex.EncodeToString(p.Change[:]))
}

// parsePosition reads the id of an event, or a bare sequence.
func parsePosition(text string) (p geo.Position, err error) {
	sequence, change, told := strings.Cut(text, "-")
	n, err := strconv.ParseInt(sequence, 10, 64)
	if err != nil || n < 0 {
		return p, geo.Errorf(geo.Invalid, "%q is no position", clip(text))
	}
	p.Sequence = geo.Sequence(n)
	if told {
		id, err := hex.DecodeString(change)
		if err != nil || len(id) != len(p.Change) {
			return p, geo.Errorf(geo.Invalid, "%q is no position", clip(text))
		}
		p.Change = geo.ChangeID(id)
	}
	return p, nil
}

// tileChanges tells which tiles changed, as server-sent events, for as long as the reader
// stays: one event for each step of the view that dirtied any of its tiles or published an
// edition, with an id to go on from (Last-Event-ID, or after). Who comes from a position that
// is no longer kept, or of another history, is told that everything may have changed; who does
// not take what is sent is cut off. Nothing is kept for a reader: it reads what all read.
func (s *server) tileChanges(w *response, r *http.Request, v view) error {
	q, err := v.readTileFeedRequest(r)
	if err != nil {
		return err
	}
	leave, free := s.tileReaders.take()
	if !free {
		return geo.Errorf(geo.Unavailable, "%d readers follow the tiles, which is all this server takes at a time; try again, or ask for tiles with their ETags", cap(s.tileReaders))
	}
	defer leave()
	l := &tileListener{events: s.newEvents(w, "tiles"), live: s.Live, ledger: s.Tiles.Ledger(), request: q}
	l.ledger.Use(q.frame)
	l.at, l.known = l.ledger.Find(q.after)
	return l.follow(r, l.live.Moved, 0, l.catchUp)
}

// tileListener is one reader of the dirty tiles.
type tileListener struct {
	events
	live    *index.Live
	ledger  *tiles.Ledger
	request tileFeedRequest
	at      uint64 // the last step told
	known   bool   // the reader knows everything up to there
}

// tileEvent is the data of an event.
type tileEvent struct {
	Sequence geo.Sequence                  `json:"sequence"`
	Edition  geo.Edition                   `json:"edition,omitempty"` // that was published
	All      bool                          `json:"all,omitempty"`
	Layers   map[geo.LayerName]dirtyAnswer `json:"layers,omitempty"`
}

// dirtyAnswer are dirty tiles of a layer, by zoom as column and row: single ones, and some
// with all below them.
type dirtyAnswer struct {
	All   bool                   `json:"all,omitempty"`
	Tiles map[string][][2]uint32 `json:"tiles,omitempty"`
	Below map[string][][2]uint32 `json:"below,omitempty"`
}

// catchUp tells the steps up to the view that is served, which the reader was not told yet,
// and not before it is served: the reader fetches at once.
func (l *tileListener) catchUp(context.Context) (over bool, err error) {
	now := l.live.Load().Position()
	last, _ := l.ledger.Find(now)
	steps, kept := l.ledger.After(l.at)
	steps = steps[:min(len(steps), int(max(last, l.at)-l.at))]
	seen := l.live.Load()
	seen = seen.Seen(l.request.by, seen)
	var events []tileEvent
	lost := !kept || !l.known
	for _, d := range steps {
		events = append(events, l.request.describe(d, seen))
		lost = lost || events[len(events)-1].All
	}
	if lost {
		l.at, l.known, steps, events = last, true, nil, nil
		if err := l.tell(now, tileEvent{All: true}); err != nil {
			return false, err
		}
	}
	for i, e := range events {
		if err := l.tell(steps[i].Position, e); err != nil {
			return false, err
		}
		l.at++
	}
	return false, nil
}

// tell writes what a step did; one that did nothing only moves the reader's place on.
func (l *tileListener) tell(at geo.Position, e tileEvent) error {
	if e.Sequence = at.Sequence; e.All || e.Edition != 0 || len(e.Layers) > 0 {
		return l.event(eventID(at), "tiles", e)
	}
	return l.event(eventID(at), "", nil)
}

// describe is what a step did to the tiles that a reader follows. Which tiles of assets are
// dirty tells where they stand, so whom some are hidden from is told no more than that any is.
func (q *tileFeedRequest) describe(d *tiles.Dirty, seen *index.Snapshot) (e tileEvent) {
	e.Edition = d.Edition
	names, known := d.Layers(q.frame)
	if !known {
		return tileEvent{All: true}
	}
	for _, n := range names {
		set := d.Of(q.frame, n, q.asked)
		if set.Empty() || q.layers != nil && !slices.Contains(q.layers, n) || !q.follows(n, seen) {
			continue
		}
		if e.Layers == nil {
			e.Layers = map[geo.LayerName]dirtyAnswer{}
		}
		if n == tiles.AssetsLayer && q.by.Of != geo.Restricted {
			e.Layers[n] = dirtyAnswer{All: true}
			continue
		}
		e.Layers[n] = dirtyAnswer{All: set.All(), Tiles: byZoom(set.Each()), Below: byZoom(set.Below())}
	}
	return e
}

// follows tells whether a layer is one that the reader sees, or was before this step.
func (q *tileFeedRequest) follows(name geo.LayerName, seen *index.Snapshot) bool {
	if name == tiles.AssetsLayer {
		return view{Snapshot: seen, by: q.by}.seesAssets()
	}
	return q.by.Of == geo.Restricted || view{Snapshot: seen}.sees(name)
}

func byZoom(all iter.Seq[maptile.Tile]) map[string][][2]uint32 {
	zooms := map[string][][2]uint32{}
	for t := range all {
		z := strconv.Itoa(int(t.Z))
		zooms[z] = append(zooms[z], [2]uint32{t.X, t.Y})
	}
	return zooms
}
