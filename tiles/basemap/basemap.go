// Package basemap is the map drawn beneath everything else: tiles of a provider, fetched and
// kept by this server, or those of a local archive. A browser asks only this server, so that
// no other host learns who looks where, and the key of the provider stays here.
//
// What is fetched is kept in memory for as long as its provider allows, and longer while the
// provider is away. One tile is fetched once at a time, and only so many at all.
package basemap

import (
	"cmp"
	"context"
	"html"
	"regexp"
	"strings"
	"time"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/tiles/archive"
)

// Settings say what the base map is.
type Settings struct {
	Map         string // "" or "none", "tianditu", addresses of tiles separated by spaces, or a file .pmtiles
	Key         string // of the provider: it takes the place of {key}
	Attribution string // plain text; empty: what is known of the map
}

// Map is a base map; its zero value has no layers. It is safe for concurrent use.
type Map struct {
	Attribution string
	Layers      []Layer // the lowest first
	sources     []source
	memory      int64
}

// Layer is one layer as it is drawn.
type Layer struct {
	Vector           bool
	MinZoom, MaxZoom maptile.Zoom
	TileSize         int      // pixels
	VectorLayers     []string // of a vector map
}

// Tile is a tile as it was given. It is not to be changed.
type Tile struct {
	Bytes []byte        // none: there is nothing here
	Type  string        // its media type
	Gzip  bool          // its bytes are compressed
	Fresh time.Duration // how long it may be kept
}

// source gives the tiles of a layer, which are in its matrix and zooms.
type source interface {
	tile(ctx context.Context, t maptile.Tile) (Tile, error)
	close()
}

// Open makes the base map of some settings. What is wrong with them is geo.Invalid. Nothing
// is fetched before a tile is asked for.
func Open(s Settings) (*Map, error) {
	switch {
	case s.Map == "" || s.Map == "none":
		return &Map{}, nil
	case s.Map == "tianditu":
		if s.Key == "" {
			return nil, geo.Errorf(geo.Invalid, "tianditu asks for a key: apply for one of the kind for servers (服务端) at console.tianditu.gov.cn and give it")
		}
		return open(tianditu, s.Key, cmp.Or(s.Attribution, "天地图"))
	case strings.HasSuffix(s.Map, ".pmtiles") && !strings.Contains(s.Map, "://"):
		return openArchive(s)
	}
	return open(strings.Fields(s.Map), s.Key, s.Attribution)
}

// tianditu are the streets and their names of the national map service, in Web Mercator.
var tianditu = []string{tiandituLayer("vec"), tiandituLayer("cva")}

func tiandituLayer(name string) string {
	return "https://t0.tianditu.gov.cn/" + name + "_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=" + name +
		"&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
}

// open is a map of layers fetched from templates.
func open(templates []string, key, attribution string) (*Map, error) {
	m := &Map{Attribution: attribution, memory: memory}
	kept := newStore()
	for _, template := range templates {
		from, err := newProvider(template, key, kept)
		if err != nil {
			return nil, err
		}
		m.sources = append(m.sources, from)
		m.Layers = append(m.Layers, Layer{MaxZoom: deepest, TileSize: 256})
	}
	return m, nil
}

// deepest is the last zoom asked of a provider; maps go on being drawn from it beyond.
const deepest maptile.Zoom = 18

// openArchive is a map of the tiles of a file.
func openArchive(s Settings) (*Map, error) {
	r, err := archive.Open(s.Map)
	if err != nil {
		return nil, err
	}
	l := Layer{MinZoom: r.MinZoom, MaxZoom: r.MaxZoom, TileSize: 256}
	if r.Content == archive.Vector {
		l.Vector, l.TileSize, l.VectorLayers = true, 512, r.Layers
	}
	return &Map{Attribution: cmp.Or(s.Attribution, plainText(r.Attribution)), Layers: []Layer{l}, sources: []source{file{r}}}, nil
}

var tag = regexp.MustCompile(`<[^>]*>`)

// plainText is what HTML says.
func plainText(text string) string {
	return strings.TrimSpace(html.UnescapeString(tag.ReplaceAllString(text, "")))
}

// Tile is a tile of a layer by its place among the layers. What no layer can have is
// geo.NotFound; what cannot be had now is geo.Unavailable, with [context.DeadlineExceeded] in
// its chain where the provider took too long.
func (m *Map) Tile(ctx context.Context, layer int, t maptile.Tile) (Tile, error) {
	if layer < 0 || layer >= len(m.sources) {
		return Tile{}, geo.Errorf(geo.NotFound, "the base map has no layer %d: it has %d", layer, len(m.sources))
	}
	if l := &m.Layers[layer]; t.Z < l.MinZoom || t.Z > l.MaxZoom || !t.Valid() {
		return Tile{}, geo.Errorf(geo.NotFound, "the base map has no tile %d/%d/%d: it goes from zoom %d to %d", t.Z, t.X, t.Y, l.MinZoom, l.MaxZoom)
	}
	return m.sources[layer].tile(ctx, t)
}

// Memory is how many bytes of tiles the map may come to keep.
func (m *Map) Memory() int64 { return m.memory }

// Close ends what the map holds open.
func (m *Map) Close() {
	for _, s := range m.sources {
		s.close()
	}
}

// file is an archive as a source.
type file struct{ *archive.Reader }

// fileFresh is how long browsers may keep a tile of a file: a server that is started with
// another file is seen so soon.
const fileFresh = time.Hour

func (f file) tile(_ context.Context, t maptile.Tile) (Tile, error) {
	b, err := f.Tile(t)
	return Tile{b, mediaTypes[f.Content], f.Gzipped, fileFresh}, err
}

func (f file) close() { _ = f.Close() } // it was only read

var mediaTypes = map[archive.Content]string{
	archive.Vector: "application/vnd.mapbox-vector-tile", archive.PNG: "image/png", archive.JPEG: "image/jpeg", archive.WebP: "image/webp",
}
