package main

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"gridwarden/api"
	"gridwarden/api/ui"
	"gridwarden/geo"
	"gridwarden/geo/cases"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
	"gridwarden/tiles"
)

// serveFlags are the settings of the server.
type serveFlags struct {
	addr, cache, public string
	tileLimit           string
	figuresAge          time.Duration
	returns             string
	keys, open          bool
	parents             string
	tiles               int64 // bytes of --tile-cache
	maxLag              time.Duration
	routing             routingFlags
	deliver             deliverFlags
	planning            planningFlags
	basemap             basemapFlags
	source              sourceFlags
	snapshot            string
	past                string
	pastMost            int64 // bytes of --past-memory; 0: a share of the city
}

func (s *serveFlags) register(c *call) {
	c.flags.StringVar(&s.addr, "addr", envOr("GRIDWARDEN_ADDR", defaultAddress), "`HOST:PORT` to listen on; default $GRIDWARDEN_ADDR")
	c.flags.StringVar(&s.cache, "tile-cache", "256MB", "memory for tiles, e.g. 64MB or 1GB; `SIZE` 0 renders every tile anew")
	c.flags.StringVar(&s.tileLimit, "tile-limit", "1MB", "how large a tile may be, uncompressed, e.g. 500KB; beyond `SIZE` attributes go, then areas are drawn as their parents and assets counted, each told in the tile")
	c.flags.DurationVar(&s.figuresAge, "figures-age", time.Minute, "how old the numbers of assets and open reports may be by which maps colour areas")
	c.flags.BoolVar(&s.keys, "keys", false, "ask for keys; needed off loopback (see gridwarden key create)")
	c.flags.StringVar(&s.public, "public", "", "with --keys: `LAYERS` that are read without a key all the same, separated by commas; assets names the assets; nothing that is restricted is")
	c.flags.BoolVar(&s.open, "open", false, "with --keys: what is marked public is read without a key; else reading is closed but for --public")
	c.flags.StringVar(&s.parents, "embed-parents", os.Getenv("GRIDWARDEN_EMBED_PARENTS"), "`ORIGINS` whose screens may show the page at /embed in a frame, such as https://desk.example, separated by spaces; none: nobody's; default $GRIDWARDEN_EMBED_PARENTS")
	c.flags.DurationVar(&s.maxLag, "max-lag", 30*time.Second, "not ready when the view may be older than this; 0 is never")
	c.flags.StringVar(&s.returns, "returns", envOr("GRIDWARDEN_RETURNS", string(cases.Review)), "who decides on a report that is returned as not mine: review, a dispatcher, or automatic, routed anew without that department the first time; default $GRIDWARDEN_RETURNS")
	s.routing.register(c.flags)
	s.deliver.register(c.flags)
	s.planning.register(c.flags)
	s.basemap.register(c.flags)
	s.source.register(c.flags)
	c.flags.StringVar(&s.past, "past-memory", "", "memory for states of the past that are kept, e.g. 256MB; what does not fit is read anew when it is asked for; default 15% of what the city takes")
	c.flags.StringVar(&s.snapshot, "snapshot", os.Getenv("GRIDWARDEN_SNAPSHOT"), "`DIR|URL` of a snapshot to start from in seconds; then the database is followed. Without one (none is set, or --database none) reads are served from the snapshot alone; default $GRIDWARDEN_SNAPSHOT")
}

// A tile may be limited to between so many bytes.
const (
	leastTile = 16 << 10
	mostTile  = 64 << 20
)

// config checks what was typed, and is all of it that the API takes.
func (s *serveFlags) config(zone *time.Location) (set api.Config, err error) {
	set = api.Config{KeysOn: s.keys, Public: fields[geo.LayerName](s.public), Open: s.open, MaxLag: s.maxLag, Zone: zone}
	parents, err := parseParents(s.parents)
	if err != nil {
		return set, err
	}
	set.UI = ui.Handler(parents...)
	if set.Routing, err = s.routing.settings(zone); err != nil {
		return set, err
	}
	if set.ReturnPolicy, err = cases.ParseReturnPolicy(s.returns); err != nil {
		return set, usagef("--returns: %s", geo.Sentence(err))
	}
	if err := s.deliver.complete(); err != nil {
		return set, err
	}
	if err := s.planning.complete(); err != nil {
		return set, err
	}
	if s.maxLag < 0 {
		return set, usagef("--max-lag is a time such as 30s, or 0, not %v", s.maxLag)
	}
	if s.tiles, err = parseSize("--tile-cache", s.cache); err != nil {
		return set, err
	}
	if s.past != "" {
		if s.pastMost, err = parseSize("--past-memory", s.past); err != nil {
			return set, err
		}
		s.pastMost = max(s.pastMost, 1) // 0: only the last one
	}
	set.Tiles = tiles.NewCache(s.tiles)
	limit, err := parseSize("--tile-limit", s.tileLimit)
	if err != nil {
		return set, err
	}
	if limit < leastTile || limit > mostTile {
		return set, usagef("--tile-limit is from 16KB to 64MB, not %s", s.tileLimit)
	}
	if set.Basemap, err = s.basemap.open(); err != nil {
		return set, err
	}
	if s.figuresAge <= 0 {
		return set, usagef("--figures-age is a time such as 1m, not %v", s.figuresAge)
	}
	set.TileLimit, set.FiguresAge = int(limit), s.figuresAge
	return set, s.checkExposure()
}

func serve(ctx context.Context, c *call) error {
	var s serveFlags
	s.register(c)
	if err := c.parseAlone(); err != nil {
		return err
	}
	set, err := s.config(c.settings.zone)
	if err != nil {
		return err
	}
	defer set.Basemap.Close()
	store, err := c.open(ctx)
	if errors.Is(err, errNoDatabase) && s.snapshot != "" {
		return s.serveAlone(ctx, c, &set)
	}
	if err != nil {
		return err
	}
	defer store.Close()
	source, done, err := s.source.open(ctx, store, c.settings.logger(c.err))
	if err != nil {
		return err
	}
	defer done()
	listener, err := s.listen(ctx)
	if err != nil {
		return err
	}
	log, live, head := c.settings.logger(c.err), &index.Live{}, &api.FeedHead{}
	follow := &follower{store: source, live: live, lag: &lag{primary: store, live: live}, memory: c.memory(s.tiles + set.Basemap.Memory()), log: log, check: set.Routing.Check}
	set.Log, set.Live, set.FeedHead, set.Health = log, live, head, follow.health
	past := newPastViews(source, live)
	past.most = s.pastMost
	desk := s.planning.desk(store, live, past, c.settings.zone, log)
	set.Past, set.Editions, set.Webhooks, set.Drafts = past, source, webhooks{store, s.deliver.hosts}, desk
	set.Assets, set.Keys, set.Reports, set.Feed, set.Publisher, set.Posts, set.Records = source, store, store, store, store, store, store
	set.Sessions, set.KeyKeeper, set.AuditLog = store, store, store
	reroute := &rerouter{store: store, live: live, past: past, engines: routing.NewEngines(set.Routing), log: log}
	handler := api.New(set)
	log.Info("serving", "address", "http://"+listener.Addr().String())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		if s.snapshot != "" {
			follow.begin(ctx, s.snapshot)
		}
		return follow.run(ctx)
	})
	group.Go(func() error { follow.lag.watch(ctx); return nil })
	group.Go(func() error { tellView(ctx, live, log); return nil })
	group.Go(func() error { followFeed(ctx, store, head); return nil })
	group.Go(func() error { s.deliver.run(ctx, store, api.DeliveryBody(live, c.settings.zone)); return nil })
	group.Go(func() error { desk.Run(ctx); return nil })
	group.Go(func() error { reroute.run(ctx); return nil })
	group.Go(func() error { return api.Serve(ctx, listener, handler, log) })
	return group.Wait()
}

func (s *serveFlags) listen(ctx context.Context) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return nil, usagef("cannot listen on %s: %v; give another --addr", s.addr, cause(err))
	}
	return listener, nil
}

// checkExposure refuses to listen beyond this machine without keys.
func (s *serveFlags) checkExposure() error {
	host, _, err := net.SplitHostPort(s.addr)
	if err != nil {
		return usagef("--addr is HOST:PORT, such as 127.0.0.1:8080, not %q", s.addr)
	}
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || ip != nil && ip.IsLoopback(); !loopback && !s.keys {
		return usagef("%s can be reached from other machines: switch keys on with --keys (make one with gridwarden key create) and name what anyone may read with --public LAYER,…; or listen on 127.0.0.1", s.addr)
	}
	return nil
}

// parseSize reads the size such as 64MB or 1GB that a flag is set to, in bytes.
func parseSize(flag, text string) (int64, error) {
	number, unit := strings.TrimSpace(strings.ToUpper(text)), int64(1)
	for suffix, bytes := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if cut, ok := strings.CutSuffix(number, suffix); ok {
			number, unit = strings.TrimSpace(cut), bytes
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > 1<<40/unit {
		return 0, usagef("%s is a size such as 64MB, 1GB or 0, not %q", flag, text)
	}
	return n * unit, nil
}
