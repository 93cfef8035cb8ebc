package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"gridwarden/geo"
	"gridwarden/tiles"
	"gridwarden/tiles/basemap"
)

// basemapAnswer is the base map as a page is to draw it.
type basemapAnswer struct {
	Attribution string              `json:"attribution"`
	Layers      []basemapLayerEntry `json:"layers"`
}

type basemapLayerEntry struct {
	Tiles        string   `json:"tiles"`
	Kind         string   `json:"kind"`
	MinZoom      int      `json:"minzoom"`
	MaxZoom      int      `json:"maxzoom"`
	TileSize     int      `json:"tile_size"`
	VectorLayers []string `json:"vector_layers,omitempty"`
}

// basemapSet tells what lies beneath the map. It is for everybody: there is nothing of the
// city in it.
func (s *server) basemapSet(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	answer := basemapAnswer{Attribution: s.Basemap.Attribution, Layers: []basemapLayerEntry{}}
	for i, l := range s.Basemap.Layers {
		kind := "raster"
		if l.Vector {
			kind = "vector"
		}
		answer.Layers = append(answer.Layers, basemapLayerEntry{
			fmt.Sprintf("/basemap/%d/{z}/{x}/{y}", i), kind, int(l.MinZoom), int(l.MaxZoom), l.TileSize, l.VectorLayers,
		})
	}
	w.Header().Set("Cache-Control", "no-cache")
	return sendJSON(w, answer)
}

// basemapTile answers a tile of the base map. Pages of other sites do not show it: what a
// provider counts is for this city.
func (s *server) basemapTile(w *response, r *http.Request) error {
	if _, err := readParams(r); err != nil {
		return err
	}
	layer, err := strconv.Atoi(inPath(r, "layer"))
	if err != nil {
		return geo.Errorf(geo.NotFound, "%s is no layer of the base map: they are numbered from 0", clip(inPath(r, "layer")))
	}
	at, err := tileInPath(r, tiles.WebMercator)
	if err != nil {
		return err
	}
	tile, err := s.Basemap.Tile(r.Context(), layer, at)
	if err != nil {
		return s.noBasemap(w, err)
	}
	h := w.Header()
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(tile.Fresh.Seconds())))
	if len(tile.Bytes) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return sendBasemap(w, r, &tile)
}

// sendBasemap sends a tile, unless the client has it. One that is compressed is sent so to
// everybody: there is no browser that does not take it.
func sendBasemap(w *response, r *http.Request, tile *basemap.Tile) error {
	h, sum := w.Header(), sha256.Sum256(tile.Bytes)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h.Set("ETag", etag)
	if matches(listed(r, "If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if tile.Gzip {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(tile.Bytes)))
	send(w, http.StatusOK, tile.Type, tile.Bytes)
	return nil
}

// noBasemap is why there is no tile: what lies behind this server is a gateway's to tell, and
// for its operator to mend.
func (s *server) noBasemap(w *response, err error) error {
	switch {
	case errors.Is(err, context.Canceled) || geo.KindOf(err) == geo.NotFound:
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return &httpError{http.StatusGatewayTimeout, err}
	}
	s.Log.Warn("no tile of the base map", "id", w.id, "error", err.Error())
	return &httpError{http.StatusBadGateway, err}
}
