package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

const eventStreamType = "text/event-stream"

// events is an answer of server-sent events, for as long as its reader stays.
type events struct {
	*stream
}

// newEvents begins such an answer. Nothing is sent yet: what goes wrong with the first look is
// still a problem document.
func (s *server) newEvents(w *response, of string) events {
	unhurried(w)
	w.Header().Set("Content-Type", eventStreamType)
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	e := events{s.newStream(w)}
	e.buf = append(append(append(e.buf, ": "...), of...), "\n\n"...)
	return e
}

// event writes an event. A reader who comes back sends the id of the last; one without an id
// leaves that as it was, and one without a kind only moves it on.
func (e events) event(id, kind string, data any) error {
	if id != "" {
		e.buf = append(append(append(e.buf, "id: "...), id...), '\n')
	}
	if kind != "" {
		text, err := json.Marshal(data)
		if err != nil {
			return err
		}
		e.buf = append(append(append(e.buf, "event: "...), kind...), "\ndata: "...)
		e.buf = append(append(e.buf, text...), '\n')
	}
	e.buf = append(e.buf, '\n')
	return e.full()
}

// flush lets the reader have what was written.
func (e events) flush() error {
	if len(e.buf) == 0 {
		return nil
	}
	if err := e.send(); err != nil {
		return err
	}
	return clientGone(e.control.Flush())
}

// beat is how often something is said where nothing happens, lest proxies close the line.
func (e events) beat() *time.Ticker { return time.NewTicker(e.stall / 2) }

func (e events) stillHere() { e.buf = append(e.buf, ": still here\n\n"...) }

// follow tells what look writes, at first and whenever there may be news: moved gives what is
// closed or sent on then, and every is the time after which it looks in any case (nil and 0:
// not). It ends when the reader leaves, the server stops or look says that it is over.
func (e events) follow(r *http.Request, moved func() <-chan struct{}, every time.Duration, look func(context.Context) (over bool, err error)) error {
	ctx := r.Context()
	beat := e.beat()
	defer beat.Stop()
	var again <-chan time.Time
	if every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		again = ticker.C
	}
	for {
		var news <-chan struct{}
		if moved != nil {
			news = moved() // before the look: nothing that comes meanwhile is missed
		}
		over, err := look(ctx)
		if err != nil || r.Method == http.MethodHead {
			return err
		}
		if err := e.flush(); err != nil || over {
			return err
		}
		select {
		case <-news:
		case <-again:
		case <-beat.C:
			e.stillHere()
		case <-stopping(ctx):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
