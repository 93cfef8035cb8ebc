package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/tiles"
)

// figures keeps the numbers that maps colour areas by, for each set of rights. They are
// counted when a tile asks for them, and not again before they are old: a report filed
// changes no tile by itself.
type figures struct {
	flights singleflight.Group
	mu      sync.Mutex
	newest  map[string]counted // by what the view they were counted in hides
}

// counted are numbers and when they were.
type counted struct {
	*tiles.Figures
	made time.Time
}

// mostFigures bounds how many are kept: there are few sets of rights, but what they hide may
// change.
const mostFigures = 8

const forever = time.Duration(math.MaxInt64)

// figuresFor are the numbers for a tile with the fields asked for; nil where it needs none.
func (s *server) figuresFor(r *http.Request, v view, p params, fields []string) (*tiles.Figures, error) {
	switch {
	case !slices.Contains(fields, "assets") && !slices.Contains(fields, "reports"):
		return nil, nil
	case p.Has("at") || p.Has("edition") || p.Has("draft"):
		return nil, geo.Errorf(geo.Invalid, "the fields assets and reports are counted for the newest state only: leave out at, edition and draft, or the fields")
	case slices.Contains(fields, "assets") && !v.seesAssets(), slices.Contains(fields, "reports") && v.anonymous():
		return nil, geo.Errorf(geo.Forbidden, "the numbers of assets and reports are not for everybody: send a key")
	}
	return s.figuresOf(r.Context(), v.Snapshot)
}

// figuresOf are the numbers of areas, counted in the view given where they are too old.
func (s *server) figuresOf(ctx context.Context, v *index.Snapshot) (*tiles.Figures, error) {
	if f := s.figures.young(v.Hidden(), s.FiguresAge); f != nil {
		return f, nil
	}
	done := s.figures.flights.DoChan(v.Hidden(), func() (any, error) { return s.count(v) })
	select {
	case <-ctx.Done():
		return nil, geo.Errorf(geo.Unavailable, "the numbers of assets and reports were not counted in time; ask again: %w", context.Cause(ctx))
	case result := <-done:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*tiles.Figures), nil
	}
}

// count counts anew, unless that was done meanwhile.
func (s *server) count(v *index.Snapshot) (*tiles.Figures, error) {
	if f := s.figures.young(v.Hidden(), s.FiguresAge); f != nil {
		return f, nil
	}
	var reports []tiles.Spot
	if s.Reports != nil {
		ctx, cancel := context.WithTimeout(context.Background(), maxWait)
		defer cancel()
		err := s.Reports.OpenPlaces(ctx, func(at geo.Coord, c geo.CategoryKey) { reports = append(reports, tiles.Spot{At: at, Category: c}) })
		if old := s.figures.young(v.Hidden(), forever); err != nil && old != nil {
			return old, nil // older numbers rather than none while the database is away
		}
		if err != nil {
			return nil, err
		}
	}
	f := tiles.NewFigures(v, reports)
	s.figures.mu.Lock()
	defer s.figures.mu.Unlock()
	if s.figures.newest == nil || len(s.figures.newest) >= mostFigures {
		s.figures.newest = map[string]counted{}
	}
	s.figures.newest[v.Hidden()] = counted{f, time.Now()}
	return f, nil
}

// young are the newest figures unless they are older than age; nil for none.
func (f *figures) young(hidden string, age time.Duration) *tiles.Figures {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept, there := f.newest[hidden]
	if !there || time.Since(kept.made) > age {
		return nil
	}
	return kept.Figures
}
