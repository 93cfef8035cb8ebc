package basemap

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
)

// How much a provider may take and give.
const (
	mostTime   = 10 * time.Second // for one tile, waiting for its turn included
	mostBytes  = 4 << 20          // of one tile
	mostAtOnce = 16               // tiles of one layer being fetched
)

// provider fetches tiles from addresses made of a template.
type provider struct {
	template, host string
	client         *http.Client
	turns          chan struct{} // one is held while a tile is fetched
	kept           *store
}

// newProvider checks a template and puts the key into it. No error names the key.
func newProvider(template, key string, kept *store) (*provider, error) {
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(template, part) {
			return nil, geo.Errorf(geo.Invalid, "%q is no base map: write none, tianditu, a file .pmtiles, or addresses of tiles with {z}, {x} and {y} such as https://tiles.example/{z}/{x}/{y}.png", template)
		}
	}
	if strings.Contains(template, "{key}") && key == "" {
		return nil, geo.Errorf(geo.Invalid, "the address %q asks for a key: give it", template)
	}
	u, err := url.Parse(strings.NewReplacer("{z}", "0", "{x}", "0", "{y}", "0", "{key}", "key").Replace(template))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Host, "{}") {
		return nil, geo.Errorf(geo.Invalid, "the address %q cannot be asked: write it with https:// and a host", template)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = mostAtOnce
	return &provider{
		template: strings.ReplaceAll(template, "{key}", url.QueryEscape(key)), host: u.Host, kept: kept,
		client: &http.Client{Transport: transport, CheckRedirect: sameHost}, turns: make(chan struct{}, mostAtOnce),
	}, nil
}

var errElsewhere = errors.New("it sends to another host")

// sameHost follows a provider within its own host and nowhere else.
func sameHost(next *http.Request, before []*http.Request) error {
	if last := before[len(before)-1].URL; next.URL.Host != last.Host || next.URL.Scheme != last.Scheme || len(before) > 3 {
		return errElsewhere
	}
	return nil
}

func (p *provider) close() { p.client.CloseIdleConnections() }

// tile is a tile that is kept, or fetched now.
func (p *provider) tile(ctx context.Context, t maptile.Tile) (Tile, error) {
	return p.kept.get(ctx, place{p, t}, p.fetch)
}

// fetch asks the provider for a tile. That there is none is an empty tile.
func (p *provider) fetch(t maptile.Tile) (Tile, error) {
	ctx, cancel := context.WithTimeout(context.Background(), mostTime) // of several who wait no single one's
	defer cancel()
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return Tile{}, p.failed(ctx.Err())
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address(t), nil)
	if err != nil {
		return Tile{}, p.failed(err)
	}
	r.Header.Set("User-Agent", "gridwarden")
	r.Header.Set("Accept", "image/png, image/jpeg, image/webp")
	answer, err := p.client.Do(r)
	if err != nil {
		return Tile{}, p.failed(err)
	}
	defer answer.Body.Close()
	switch answer.StatusCode {
	case http.StatusOK:
		return p.read(answer)
	case http.StatusNoContent, http.StatusNotFound:
		return Tile{Fresh: freshness(answer.Header)}, nil
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return Tile{}, p.refused("answered %d: its key is wrong, used up or not for this server", answer.StatusCode)
	}
	return Tile{}, p.refused("answered %d", answer.StatusCode)
}

func (p *provider) address(t maptile.Tile) string {
	number := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	return strings.NewReplacer("{z}", number(uint32(t.Z)), "{x}", number(t.X), "{y}", number(t.Y)).Replace(p.template)
}

// read takes an image. What it is its bytes tell: providers call their tiles many things, and
// errors are pages with the status of success as often as not.
func (p *provider) read(answer *http.Response) (Tile, error) {
	b, err := io.ReadAll(io.LimitReader(answer.Body, mostBytes+1))
	switch {
	case err != nil:
		return Tile{}, p.failed(err)
	case len(b) > mostBytes:
		return Tile{}, p.refused("sent a tile of more than %d MB", mostBytes>>20)
	case len(b) == 0:
		return Tile{Fresh: freshness(answer.Header)}, nil
	}
	switch kind := http.DetectContentType(b); kind {
	case "image/png", "image/jpeg", "image/webp":
		return Tile{b, kind, false, freshness(answer.Header)}, nil
	}
	return Tile{}, p.refused("sent no image: its address or key may be wrong")
}

// refused is an answer of the provider that is no tile.
func (p *provider) refused(format string, args ...any) error {
	return geo.Errorf(geo.Unavailable, "the base map of %s %s", p.host, geo.Say(format, args...))
}

// failed is an error of asking the provider. That of the client holds the address with the
// key, so only its cause is told.
func (p *provider) failed(err error) error {
	var ofClient *url.Error
	if errors.As(err, &ofClient) {
		err = ofClient.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return geo.Errorf(geo.Unavailable, "the base map of %s did not answer within %v: %w", p.host, mostTime, context.DeadlineExceeded)
	}
	if errors.Is(err, errElsewhere) {
		return p.refused("sends to another host, where nothing is asked for")
	}
	return geo.Because(err, geo.Unavailable, "the base map of %s cannot be reached", p.host)
}

// A provider says how long its tiles may be kept; here at least and at most so long.
const (
	leastFresh = time.Hour
	mostFresh  = 7 * 24 * time.Hour
)

// freshness is how long an answer may be kept.
func freshness(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(h.Get("Cache-Control"), ",") {
		if seconds, found := strings.CutPrefix(strings.TrimSpace(directive), "max-age="); found {
			if n, err := strconv.ParseInt(seconds, 10, 32); err == nil {
				return min(max(time.Duration(n)*time.Second, leastFresh), mostFresh)
			}
		}
	}
	return leastFresh
}
