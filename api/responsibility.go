package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/audit"
	"gridwarden/geo/index"
)

// How long one request waits for the audit, how long the audit goes on when nobody waits
// for it any more, and how long it may take at all.
const (
	auditWait  = 20 * time.Second
	auditGrace = time.Minute
	auditLimit = 10 * time.Minute
)

// maxMatrix is how many cells of the matrix are told: 403 categories in a hundred streets
// are fewer.
const maxMatrix = 100_000

// audits keeps the newest audit: it is made when first asked for, once for each day and
// each state of everything but the assets, one at a time, with what the one before knew of
// the ground. Its zero value is ready.
type audits struct {
	mu   sync.Mutex
	now  *auditing
	busy sync.Mutex // held by the one that runs
}

// auditing is an audit, done or under way.
type auditing struct {
	state   auditState
	done    chan struct{} // closed when it is
	result  *audit.Audit
	err     error
	waiting int
	cancel  context.CancelFunc
}

// auditState is all that an audit is of, but for assets.
type auditState struct {
	history [16]byte
	settled geo.Position
	day     geo.Date
}

// of is the audit of a view as of the day asked for. It waits for one under way, a while; who comes
// again finds it.
func (a *audits) of(ctx context.Context, view *index.Snapshot, o audit.Options) (*audit.Audit, error) {
	state := auditState{view.History(), view.Settled(), geo.DateOf(o.At, o.Settings.Zone)}
	run := a.join(ctx, state, view, o)
	defer a.leave(run)
	limit := time.NewTimer(auditWait)
	defer limit.Stop()
	select {
	case <-run.done:
		return run.result, run.err
	case <-limit.C:
		return nil, geo.Errorf(geo.Unavailable, "the audit is being worked out; ask again in a moment")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// join takes part in the audit of a state, and begins it when there is none.
func (a *audits) join(ctx context.Context, state auditState, view *index.Snapshot, o audit.Options) *auditing {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.now == nil || a.now.state != state || a.now.failed() {
		if a.now != nil && a.now.waiting == 0 {
			a.now.cancel() // nobody will come for it again
		}
		if a.now != nil && a.now.over() {
			o.Known = a.now.result
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditLimit)
		a.now = &auditing{state: state, done: make(chan struct{}), cancel: cancel}
		go a.run(ctx, a.now, view, o)
	}
	a.now.waiting++
	return a.now
}

// failed tells whether it is over without a result: the next one tries anew.
func (r *auditing) failed() bool { return r.over() && r.err != nil }

func (a *audits) run(ctx context.Context, r *auditing, view *index.Snapshot, o audit.Options) {
	a.busy.Lock()
	defer a.busy.Unlock()
	defer r.cancel()
	defer close(r.done)
	if r.result, r.err = audit.Run(ctx, view, o); ctx.Err() != nil {
		r.err = geo.Errorf(geo.Unavailable, "the audit was left off; ask again")
	}
}

// leave ends the audit some time after the last who waited left, unless it is done; at
// once when it is of a state that is over.
func (a *audits) leave(r *auditing) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.waiting--; r.waiting > 0 || r.over() {
		return
	}
	if r != a.now {
		r.cancel() // there is a newer state
		return
	}
	time.AfterFunc(auditGrace, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		if r.waiting == 0 {
			r.cancel()
		}
	})
}

func (r *auditing) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// responsibility answers who would act for everything, everywhere, at any time: holes,
// collisions, rows that never decide, duties given to nobody. It may name any area,
// department and row: it is public only where everything is.
func (s *server) responsibility(w *response, r *http.Request, v view) error {
	if err := v.mustSeeAll(); err != nil {
		return err
	}
	p, err := readParams(r, "format", "limit", "offset", "matrix", "by", "at", "edition", "known", "draft")
	if err != nil {
		return err
	}
	audits := &s.audits
	if p.Has("at") || p.Has("edition") || p.Has("draft") {
		audits = &s.otherAudits // the newest state's is not to be lost over it
	}
	at, err := p.time("at", time.Now())
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	limit, err := p.whole("limit", defaultLimit, 1, 1000)
	if err != nil {
		return err
	}
	offset, err := p.whole("offset", 0, 0, 1<<30)
	if err != nil {
		return err
	}
	matrix, err := p.flag("matrix", false)
	if err != nil {
		return err
	}
	format := p.Get("format")
	if format != "" && format != "json" && format != "geojson" {
		return geo.Errorf(geo.Invalid, "format=%s: it is json or geojson", clip(format))
	}
	a, err := audits.of(r.Context(), v.whole, audit.Options{Settings: s.Routing, At: at})
	if err != nil {
		return err
	}
	w.speaks()
	if format != "geojson" {
		page := a.Page(int(offset), int(limit), w.language)
		if matrix {
			if page.Matrix, err = a.MatrixDocument(geo.LayerName(p.Get("by")), maxMatrix); err != nil {
				return err
			}
		}
		return sendJSON(w, page)
	}
	body, err := json.Marshal(a.Features(int(offset), int(limit), w.language))
	if err == nil {
		send(w, http.StatusOK, geoJSON, append(body, '\n'))
	}
	return err
}
