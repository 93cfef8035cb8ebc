package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// metrics are counted in a registry of their own. Labels have few values: path templates,
// known methods, status codes, rules; never a code, a place or a client.
type metrics struct {
	handler   http.Handler
	requests  *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	underway  prometheus.Gauge
	decisions *prometheus.CounterVec
	reports   *prometheus.CounterVec
}

func newMetrics(s *server) *metrics {
	registry := prometheus.NewRegistry()
	m := &metrics{
		handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: 4}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gridwarden_http_requests_total", Help: "Requests answered.",
		}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gridwarden_http_request_seconds", Help: "Time from the first byte of a request to the end of its answer.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .1, .5, 2.5, 10},
		}, []string{"route"}),
		underway: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "gridwarden_http_requests_underway", Help: "Requests being answered now.",
		}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gridwarden_decisions_total", Help: "Decisions of /v1/route by the rule that decided; unrouted: nobody was found.",
		}, []string{"rule"}),
	}
	m.decisions.WithLabelValues(string(routing.Unrouted)) // there from the start, to be alarmed on
	m.reports = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gridwarden_reports_total", Help: "Reports taken in, by what became of them first.",
	}, []string{"became"})
	for _, became := range []string{becameRouted, becameUnrouted, becameUnlocated, becameMerged} {
		m.reports.WithLabelValues(became)
	}
	registry.MustRegister(m.requests, m.seconds, m.underway, m.decisions, m.reports,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		viewMetrics{s},
	)
	return m
}

func (m *metrics) serve(w *response, r *http.Request) error {
	m.handler.ServeHTTP(w, r)
	return nil
}

// seen counts an answered request. Paths that matched no route are counted together.
func (m *metrics) seen(w *response, method string, took time.Duration) {
	route := w.route
	if route == "" {
		route = "other"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other"
	}
	m.requests.WithLabelValues(route, method, strconv.Itoa(w.status)).Inc()
	m.seconds.WithLabelValues(route).Observe(took.Seconds())
}

func (m *metrics) decided(rule routing.Rule) { m.decisions.WithLabelValues(string(rule)).Inc() }

// What a report that comes in becomes first.
const (
	becameRouted    = "routed"
	becameUnrouted  = "unrouted"
	becameUnlocated = "unlocated"
	becameMerged    = "merged"
)

// took counts a report taken in.
func (m *metrics) took(routed []geo.Assignment) {
	became := becameRouted
	switch {
	case len(routed) == 0:
		became = becameUnlocated
	case routed[0].Department == "":
		became = becameUnrouted
	}
	m.reports.WithLabelValues(became).Inc()
}

// viewMetrics reads the state of the view when the metrics are asked for.
type viewMetrics struct{ *server }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("gridwarden_"+name, help, labels, nil)
}

// Describe tells nothing beforehand: which layers there are is known when asked.
func (viewMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect reads the view and the health.
func (m viewMetrics) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	snapshot, health := m.Live.Load(), m.Health()
	gauge(describe("view_sequence", "Sequence of the view that is served."), float64(snapshot.Position().Sequence))
	gauge(describe("view_edition", "Edition of the view that is served."), float64(snapshot.Edition().Number))
	gauge(describe("view_assets", "Assets in the view."), float64(snapshot.AssetCount()))
	areas := describe("view_areas", "Areas in the view by layer.", "layer")
	for _, l := range snapshot.Layers() {
		gauge(areas, float64(snapshot.AreaCount(l.Name)), string(l.Name))
	}
	m.collectTiles(gauge, out)
	m.collectOpen(gauge)
	m.collectDrafts(gauge)
	m.collectRerouting(gauge)
	if !health.Alone {
		up := 0.0
		if health.Database {
			up = 1
		}
		gauge(describe("database_up", "1 when the database answered last; absent without one."), up)
		gauge(describe("view_lag_changes", "Changes that the view did not have yet when the database was last asked."), float64(health.Behind))
		out <- prometheus.MustNewConstMetric(describe("lost_changes_total", "Changes that were served and are no longer in the database: another server took over without them, or a backup was restored."), prometheus.CounterValue, float64(health.Lost))
	}
	if !health.Current.IsZero() {
		gauge(describe("view_lag_seconds", "Time since the view was last known to be the newest."), max(0, time.Since(health.Current).Seconds()))
	}
}

// collectTiles tells what the cache of tiles did and holds.
func (m viewMetrics) collectTiles(gauge func(*prometheus.Desc, float64, ...string), out chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, n uint64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n))
	}
	t := m.Tiles.Stats()
	counter(describe("tile_cache_hits_total", "Tiles answered from what is kept."), t.Hits)
	counter(describe("tile_cache_misses_total", "Tiles that had to be drawn first."), t.Misses)
	counter(describe("tile_cache_dirtied_total", "Misses on a tile that is kept and that a change dirtied since."), t.Dirtied)
	counter(describe("tile_renders_total", "Tiles drawn: of several who ask for one at a time, one."), t.Renders)
	gauge(describe("tile_cache_entries", "Tiles kept, empty ones too."), float64(t.Entries))
	gauge(describe("tile_cache_bytes", "Bytes that the kept tiles take."), float64(t.Bytes))
	gauge(describe("tile_cache_limit_bytes", "Bytes that kept tiles may take."), float64(t.Limit))
	gauge(describe("tile_readers", "Readers that follow the dirty tiles."), float64(len(m.tileReaders)))
}

// collectOpen counts the reports that wait for somebody; nothing while the database is
// away.
func (m viewMetrics) collectOpen(gauge func(*prometheus.Desc, float64, ...string)) {
	if m.Reports == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
	defer cancel()
	open, err := m.Reports.OpenReports(ctx)
	if err != nil {
		return
	}
	states := describe("reports_open", "Reports that wait for somebody, by state.", "state")
	for state, n := range open.States {
		gauge(states, float64(n), string(state))
	}
	gauge(describe("reports_unrouted", "Open reports that are for nobody and wait for a person."), float64(open.Unrouted))
}

// collectDrafts counts the drafts that something can still become of, and those of them that
// were forgotten; nothing while the database is away.
func (m viewMetrics) collectDrafts(gauge func(*prometheus.Desc, float64, ...string)) {
	if m.Drafts == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
	defer cancel()
	all, err := m.Drafts.List(ctx)
	if err != nil {
		return
	}
	counts := map[geo.DraftState]int{geo.DraftOpen: 0, geo.DraftScheduled: 0, geo.DraftHeld: 0}
	forgotten := 0
	for i := range all {
		counts[all[i].State]++
		if m.Drafts.Stale(&all[i]) {
			forgotten++
		}
	}
	states := describe("drafts", "Drafts that something can still become of, by state; held: not published when their time came.", "state")
	for state, n := range counts {
		gauge(states, float64(n), string(state))
	}
	gauge(describe("drafts_forgotten", "Drafts that nobody changed for longer than the setting."), float64(forgotten))
}

// collectRerouting tells how far open reports were routed again after publishing; nothing
// while the database is away.
func (m viewMetrics) collectRerouting(gauge func(*prometheus.Desc, float64, ...string)) {
	if m.Records == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
	defer cancel()
	now, err := m.Records.Rerouting(ctx)
	if err != nil {
		return
	}
	gauge(describe("rerouting_editions_pending", "Published editions by which open reports have still to be routed again."), float64(now.Newest-now.Done))
	gauge(describe("rerouting_reports_pending", "Open reports still to be looked at for the edition that is being worked on."), float64(now.Pending))
}
