// Package api is the only room that speaks HTTP. It answers from the snapshot in memory;
// what no snapshot holds (an asset's free attributes, keys, reports and their feed, posts,
// webhooks) is asked of the database through small interfaces.
//
// The life of a request: it gets an id and is logged and counted (response.go, observe.go),
// finds its route (routes.go), is admitted (admit.go), takes one snapshot no older than it
// asks for (view.go), and its handler answers or returns an error. One table turns the
// kinds of errors into statuses (problem.go). Nothing internal leaves through it.
//
// What is written here and what openapi.yaml says are held together by a test.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/drafts"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/tiles"
	"gridwarden/tiles/basemap"
)

// AssetReader reads the attributes of a version of an asset, of which snapshots hold few:
// nil when it has none. It answers geo.NotFound when there is no such version and
// geo.Unavailable while the database is away.
type AssetReader interface {
	AssetAttributes(ctx context.Context, version geo.AssetVersion) (json.RawMessage, error)
}

// KeyReader finds a key by its id: geo.NotFound when nobody made it.
type KeyReader interface {
	Key(ctx context.Context, id string) (geo.Key, error)
}

// Health tells how the view stands to the database.
type Health struct {
	Alone    bool      // there is no database: the view is that of a snapshot and stays
	Database bool      // it answered when last asked
	Current  time.Time // when the view was last known to be the newest; zero: never
	Behind   int64     // changes that the view did not have yet when the database was last asked
	Lost     int64     // changes that were served and are no longer in the database, since the start
}

// Config is what the api answers from and how.
type Config struct {
	Live       *index.Live
	Past       Past             // nil: only the newest state is answered
	Editions   Editions         // nil: this server has no database to ask of them
	Basemap    *basemap.Map     // nil: nothing is drawn beneath
	TileLimit  int              // bytes of an uncompressed tile; 0: tiles.DefaultLimit
	Tiles      *tiles.Cache     // nil: tiles are rendered each time
	Assets     AssetReader      // nil: assets are answered without attributes
	Keys       KeyReader        // nil: no key is known, and with KeysOn only what is public is answered
	KeysOn     bool             // off: everything is open
	KeyKeeper  KeyKeeper        // nil: keys are made elsewhere
	AuditLog   AuditLog         // nil: this server has none
	Sessions   Sessions         // nil: no browser is let in without showing its key each time
	Public     []geo.LayerName  // what may be read without a key, unless it is restricted; "assets": assets, departments and categories
	Open       bool             // without a key one reads what is marked public, too
	Health     func() Health    // nil: the database is up and the view current
	MaxLag     time.Duration    // not ready when the view is older, or its age not known; 0: it may be of any age
	Stall      time.Duration    // a stream that does not move for so long is cut off; 0: 30 s
	FiguresAge time.Duration    // how old the numbers that areas are coloured by may be; 0: a minute
	Routing    routing.Settings // how reports are routed; its zone is Zone
	Zone       *time.Location   // in which a day begins; nil: UTC

	Reports      Reports            // nil: this server takes no reports
	Feed         Feed               // needed with Reports, like the next two
	FeedHead     *FeedHead          // moved by who follows the feed
	Publisher    Publisher          // of rulings
	Posts        Posts              // nil: nobody is on duty
	ReturnPolicy cases.ReturnPolicy // who decides returns; empty: a dispatcher
	Webhooks     Webhooks           // nil: this server has none
	Drafts       *drafts.Desk       // nil: nothing is planned here
	Records      Records            // nil: what a change does is told without reports and posts

	UI  http.Handler // the page at /; nil: none
	Log *slog.Logger // nil: nothing is logged
}

// Limits of one request. The deadlines of [Serve] cut off what takes longer; a stream that
// moves pushes them on.
const (
	maxBody     = 1 << 20         // bytes of one JSON document
	maxWait     = 2 * time.Second // for a view that is not there yet
	keyLifetime = 5 * time.Second // for which a key once read is taken as it was
)

// server is the state the handlers share. It does not change after New, but for what is
// safe to: the live view, the caches, the counters.
type server struct {
	Config
	keys      keyring
	sights    sights
	origins   http.CrossOriginProtection
	metrics   *metrics
	engines   *routing.Engines
	audits    audits
	figures   figures
	streams   places // one token for each bulk request under way
	waiters   places // one token for each reader who waits for the feed
	feedReads places // one token for each page of the feed being read

	tileReaders   places       // one token for each reader of the dirty tiles
	draftReaders  places       // one token for each reader of what happens to a draft
	reportReaders places       // one token for each reader of what happens to a report
	edited        places       // one token for each edit that is read and done
	audience      audience     // of drafts
	draftTiles    *tiles.Cache // keeps nothing: a draft's tiles are for few, and change as it does
	otherAudits   audits
	plainBytes    atomic.Int64 // of uncompressed tiles on their way

	buffers sync.Pool // of *[]byte, reused by the look-ups of one point
	spec    []byte    // openapi.json
}

// New is the whole service as one handler. It keeps no goroutine of its own. From then on its
// tiles watch the live view.
func New(c Config) http.Handler {
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	c.Zone = cmp.Or(c.Zone, time.UTC)
	c.Routing.Zone = c.Zone
	c.Stall = cmp.Or(c.Stall, timeout)
	c.Tiles = cmp.Or(c.Tiles, tiles.NewCache(0))
	c.Basemap = cmp.Or(c.Basemap, &basemap.Map{})
	c.FiguresAge = cmp.Or(c.FiguresAge, time.Minute)
	if c.Health == nil {
		c.Health = func() Health { return Health{Database: true, Current: time.Now()} }
	}
	s := &server{
		Config:    c,
		engines:   routing.NewEngines(c.Routing),
		keys:      keyring{from: c.Keys, sessions: c.Sessions},
		sights:    c.sights(),
		streams:   make(places, 2*runtime.GOMAXPROCS(0)),
		waiters:   make(places, maxWaiters),
		feedReads: make(places, maxFeedReads),

		tileReaders:   make(places, maxTileReaders),
		draftReaders:  make(places, maxDraftReaders),
		reportReaders: make(places, maxReportReaders),
		edited:        make(places, maxEdited),
		draftTiles:    tiles.NewCache(0),

		buffers: sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }},
		spec:    specJSON(),
	}
	s.metrics = newMetrics(s)
	c.Live.Watch(c.Tiles.Step)
	return s.observe(s.router())
}
