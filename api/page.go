package api

import (
	"context"
	"iter"
	"net/http"
	"sort"

	"gridwarden/geo"
)

const (
	cursorParam  = "after"
	defaultLimit = 100
	maxLimit     = 10_000
)

// gather takes the first items of a sequence that are wanted, at most limit, and tells
// whether there are more. It stops when the client leaves.
func gather[T any](ctx context.Context, items iter.Seq[T], limit int, wanted func(T) bool) (page []T, more bool, err error) {
	seen := 0
	for item := range items {
		if seen++; seen%4096 == 0 && ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		if !wanted(item) {
			continue
		}
		if len(page) == limit {
			return page, true, nil
		}
		page = append(page, item)
	}
	return page, false, nil
}

// pageByID is the part of a list, which stands in the order of its ids, that the parameters
// after and limit ask for, and the id after which the next one begins: empty on the last.
func pageByID[T any](p params, all []T, id func(*T) string) (page []T, next string, err error) {
	limit, err := p.whole("limit", defaultLimit, 1, maxLimit)
	if err != nil {
		return nil, "", err
	}
	after := p.Get(cursorParam)
	rest := all[sort.Search(len(all), func(i int) bool { return after == "" || id(&all[i]) > after }):]
	if len(rest) > int(limit) {
		rest = rest[:limit]
		next = id(&rest[limit-1])
	}
	return rest, next, nil
}

// sendPage writes one page as a FeatureCollection. The next link names the last item, not
// a count, so that items which come and go between two pages shift nothing.
func (s *server) sendPage(w *response, r *http.Request, v view, box geo.Box, n int, cursor string, feature func(b []byte, i int) []byte) error {
	links := selfAndNext(r, cursor)
	w.Header().Set("Link", linkHeader(links))
	w.Header().Set("Content-Type", geoJSON)
	out := s.newStream(w)
	out.buf = append(out.buf, `{"type":"FeatureCollection","edition":`...)
	out.buf = v.appendBeforeFirst(appendInt(out.buf, int64(v.Edition().Number)))
	if !box.IsEmpty() {
		out.buf = appendBox(append(out.buf, `,"bbox":`...), box)
	}
	out.buf = append(out.buf, `,"numberReturned":`...)
	out.buf = appendInt(out.buf, int64(n))
	out.buf = append(out.buf, `,"links":`...)
	out.buf = appendList(out.buf, links, appendLink)
	out.buf = append(out.buf, `,"features":[`...)
	for i := range n {
		if i > 0 {
			out.buf = append(out.buf, ',', '\n')
		}
		out.buf = feature(out.buf, i)
		if err := out.full(); err != nil {
			return err
		}
	}
	out.buf = append(out.buf, "]}\n"...)
	return out.send()
}

func appendLink(b []byte, l link) []byte {
	b = appendString(append(b, `{"rel":`...), l.Rel)
	b = appendString(append(b, `,"type":`...), l.Type)
	b = appendString(append(b, `,"href":`...), l.Href)
	return append(b, '}')
}
