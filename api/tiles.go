package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb/maptile"

	"gridwarden/geo"
	"gridwarden/geo/filter"
	"gridwarden/tiles"
)

const mvt = "application/vnd.mapbox-vector-tile"

// maxPlainBytes bounds the uncompressed tiles on their way to clients. Each has a copy of its
// own, however slowly it is taken; compressed ones are those of the cache.
const maxPlainBytes = 64 << 20

// tileParams are what a tile may be asked with beside its place.
var tileParams = []string{"fields", "filter", "crs", "edition", "at", "known", "draft"}

// tile answers a vector tile of one or several layers.
func (s *server) tile(w *response, r *http.Request, v view) error {
	p, err := readParams(r, tileParams...)
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	want, err := v.tileWant(r, p)
	if err != nil {
		return err
	}
	at, err := tileInPath(r, want.Frame)
	if err != nil {
		return err
	}
	want.Limit = s.TileLimit
	if want.Figures, err = s.figuresFor(r, v, p, want.Fields); err != nil {
		return err
	}
	known := listed(r, "If-None-Match")
	encoding := tileEncoding(r)
	cache := s.Tiles
	if p.Has("draft") {
		cache = s.draftTiles
	}
	tile, err := cache.Get(r.Context(), v.Snapshot, tiles.Request{
		Want:     want,
		Tile:     at,
		Encoding: encoding,
		Known:    func(etag string) bool { return matches(known, etag) },
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if tile.Empty {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	h.Set("ETag", tile.ETag)
	if tile.Bytes == nil {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if encoding != tiles.Plain {
		h.Set("Content-Encoding", encoding.String())
	} else {
		defer s.plainBytes.Add(-int64(len(tile.Bytes)))
		if s.plainBytes.Add(int64(len(tile.Bytes))) > maxPlainBytes {
			h.Del("ETag")
			return geo.Errorf(geo.Unavailable, "%d megabytes of uncompressed tiles are on their way, which is all this server sends at a time; ask for them with Accept-Encoding: gzip, or try again", maxPlainBytes>>20)
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(tile.Bytes)))
	send(w, http.StatusOK, mvt, tile.Bytes)
	return nil
}

// tileWant is what the tiles of a request are to show.
func (v view) tileWant(r *http.Request, p params) (want tiles.Want, err error) {
	layers, err := v.tileLayers(layerList(inPath(r, "layers")))
	if err != nil {
		return want, err
	}
	want, err = p.tileWant()
	want.Layers = layers
	return want, err
}

// tileWant is what the parameters of tiles ask for; the layers stand elsewhere.
func (p params) tileWant() (want tiles.Want, err error) {
	if want.Frame, err = p.tileFrame(); err != nil {
		return want, err
	}
	if want.Filter, err = filter.Parse(p.Get("filter")); err != nil {
		return want, err
	}
	if p.Has("fields") {
		want.Fields = []string{}
		for name := range strings.SplitSeq(p.Get("fields"), ",") {
			if name = strings.TrimSpace(name); name != "" {
				want.Fields = append(want.Fields, name)
			}
		}
	}
	return want, tiles.CheckFields(want.Fields)
}

// tileFrame is the parameter crs of tiles.
func (p params) tileFrame() (tiles.Frame, error) {
	switch strings.ToUpper(p.Get("crs")) {
	case "", "EPSG:3857":
		return tiles.WebMercator, nil
	case "GCJ-02", "GCJ02":
		return tiles.GCJ02, nil
	case "EPSG:4490", "CGCS2000":
		return tiles.Geographic, nil
	}
	return 0, geo.Errorf(geo.Invalid, "crs=%s: tiles are cut in EPSG:3857, in EPSG:4490 (CGCS2000, two tiles at zoom 1) or, for maps drawn in GCJ-02, in GCJ-02", clip(p.Get("crs")))
}

// tileInPath is the tile of a path; one outside the matrix of the frame is not found.
func tileInPath(r *http.Request, frame tiles.Frame) (maptile.Tile, error) {
	z, errZ := strconv.ParseUint(inPath(r, "z"), 10, 8)
	x, errX := strconv.ParseUint(inPath(r, "x"), 10, 32)
	y, errY := strconv.ParseUint(inPath(r, "y"), 10, 32)
	switch {
	case errZ != nil || errX != nil || errY != nil:
		return maptile.Tile{}, geo.Errorf(geo.NotFound, "%s/%s/%s is no tile: give zoom, column and row as whole numbers", clip(inPath(r, "z")), clip(inPath(r, "x")), clip(inPath(r, "y")))
	case z > uint64(tiles.MaxZoom):
		return maptile.Tile{}, geo.Errorf(geo.NotFound, "there are no tiles at zoom %d: the deepest is %d", z, tiles.MaxZoom)
	}
	t := maptile.New(uint32(x), uint32(y), maptile.Zoom(z))
	columns, rows := frame.Matrix(t.Z)
	switch {
	case columns == 0:
		return t, geo.Errorf(geo.NotFound, "there are no tiles at zoom %d here: the first is 1", z)
	case !frame.Valid(t):
		return t, geo.Errorf(geo.NotFound, "the tile %d/%d/%d is outside the matrix: at zoom %d columns go from 0 to %d, rows from 0 to %d", z, x, y, z, columns-1, rows-1)
	}
	return t, nil
}

// tileLayers are the layers of a tile in one order whatever order they were named in, so
// that a,b and b,a are one cache entry.
func (v view) tileLayers(names []geo.LayerName) ([]geo.LayerName, error) {
	var areas []geo.LayerName
	withAssets := false
	for _, name := range names {
		if name == tiles.AssetsLayer {
			withAssets = true
		} else {
			areas = append(areas, name)
		}
	}
	if areas != nil {
		known, err := v.layers(areas)
		if err != nil {
			return nil, err
		}
		areas = known
	}
	if withAssets {
		areas = append(areas, tiles.AssetsLayer)
	}
	slices.Sort(areas)
	return areas, nil
}

// tileJSON describes the tiles of some layers, asked for as this was.
func (s *server) tileJSON(w *response, r *http.Request, v view) error {
	p, err := readParams(r, tileParams...)
	if err != nil {
		return err
	}
	if v, err = s.when(w, r, v, p); err != nil {
		return err
	}
	want, err := v.tileWant(r, p)
	if err != nil {
		return err
	}
	var names []string
	for _, l := range want.Layers {
		names = append(names, string(l))
	}
	url := baseURL(r) + "/tiles/" + strings.Join(names, ",") + "/{z}/{x}/{y}.mvt"
	if len(p.Values) > 0 {
		url += "?" + p.Encode()
	}
	return sendJSON(w, tiles.TileJSON(v.Snapshot, &want, url))
}

// listed is a header that holds a list, which a client may spread over several lines.
func listed(r *http.Request, name string) string { return strings.Join(r.Header.Values(name), ",") }

// matches tells whether an If-None-Match header names the ETag. Weak comparison, as RFC
// 9110 asks for it there.
func matches(header, etag string) bool {
	for given := range strings.SplitSeq(header, ",") {
		given = strings.TrimSpace(given)
		if given == "*" || strings.TrimPrefix(given, "W/") == etag {
			return true
		}
	}
	return false
}

// tileEncoding is the encoding of tiles that the client weighs highest: zstd before gzip
// where it is the same to it. Who takes anything gets gzip, who names neither plain bytes.
func tileEncoding(r *http.Request) tiles.Encoding {
	weights, others := map[string]float64{}, 0.0
	for offer := range strings.SplitSeq(listed(r, "Accept-Encoding"), ",") {
		coding, weight, weighted := strings.Cut(strings.TrimSpace(offer), ";")
		q := 1.0
		if weighted {
			q, _ = strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64) // 0 where it is none
		}
		switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
		case "*":
			others = q
		case "x-gzip":
			weights["gzip"] = q
		default:
			weights[coding] = q
		}
	}
	gzip, named := weights["gzip"]
	if !named {
		gzip = others
	}
	switch zstd := weights["zstd"]; {
	case zstd > 0 && zstd >= gzip:
		return tiles.Zstd
	case gzip > 0:
		return tiles.Gzip
	}
	return tiles.Plain
}
