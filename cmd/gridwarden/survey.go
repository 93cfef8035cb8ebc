package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/postgis"
	"gridwarden/geo/routing"
)

// survey compares the grid that surveyors wrote on each asset with the place it stands.
// Its methods do nothing when it is nil.
type survey struct {
	view         *index.Snapshot
	layer        geo.LayerName
	agree, blank int
	disagree     int
	worst        []disagreement // the farthest, most metres first
	file         *os.File
	rows         *csv.Writer
}

// disagreement is one asset whose written grid does not hold it.
type disagreement struct {
	asset          geo.AssetID
	source         geo.Source
	written, found geo.AreaCode
	metres         float64 // from the asset to the written grid; -1 when it is not known or too far
}

const (
	worstKept  = 5
	farthest   = 10_000.0 // metres searched for the distance to a written grid
	unknownFar = -1
)

// survey loads the grids when --grid asks for the comparison.
func (c *call) survey(ctx context.Context, store *postgis.Store, a *assetFlags) (*survey, error) {
	if a.read.Grid == "" {
		return nil, nil
	}
	done := c.progress("loading the grids")
	defer done()
	view, err := c.areasView(ctx, store)
	if err != nil {
		return nil, err
	}
	s := &survey{view: view, layer: geo.LayerName(a.gridLayer)}
	if s.layer == "" {
		chain := routing.DutyChain(view, "")
		if len(chain) == 0 {
			return nil, usagef("--grid has no layer to compare with; import the grids first")
		}
		s.layer = chain[0]
	}
	if err := hasLayer(view.Layers(), s.layer); err != nil {
		return nil, err
	}
	if a.disagreements == "" {
		return s, nil
	}
	if s.file, err = os.Create(a.disagreements); err != nil {
		return nil, usagef("cannot write %s: %v", a.disagreements, err)
	}
	s.rows = csv.NewWriter(s.file)
	return s, s.rows.Write([]string{"\ufeffid", "source", "written", "found", "metres"})
}

// compare looks at one asset.
func (s *survey) compare(a *geo.AssetInput) {
	switch {
	case s == nil:
		return
	case a.Grid == "":
		s.blank++
		return
	}
	d := disagreement{asset: a.ID, source: a.Source, written: a.Grid, metres: unknownFar}
	if place := s.view.Locate(a.Point, s.layer); len(place.Areas) > 0 {
		d.found = place.Areas[0].Area.Code
	}
	if d.found == a.Grid {
		s.agree++
		return
	}
	s.disagree++
	if area := s.view.Area(s.layer, a.Grid); area != nil {
		if m, near := s.view.EdgeDistance(area, a.Point, farthest); near {
			d.metres = m
		}
	}
	if s.rows != nil {
		_ = s.rows.Write([]string{string(d.asset), d.source.String(), string(d.written), string(d.found), d.distance()})
	}
	s.worst = append(s.worst, d)
	slices.SortStableFunc(s.worst, func(a, b disagreement) int { return cmp.Compare(b.metres, a.metres) })
	s.worst = s.worst[:min(len(s.worst), worstKept)]
}

func (d disagreement) distance() string {
	if d.metres < 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", d.metres)
}

// tell prints the comparison.
func (s *survey) tell(w io.Writer) {
	if s == nil {
		return
	}
	fmt.Fprintf(w, "grids as surveyed: %d agree with the place, %d do not, %d are blank\n", s.agree, s.disagree, s.blank)
	for _, d := range s.worst {
		found, far := string(d.found), "not a grid known here, or far away"
		if found == "" {
			found = "no grid"
		}
		if d.metres >= 0 {
			far = geo.InMetres(d.metres) + " away"
		}
		fmt.Fprintf(w, "  %s (%s): written %s (%s), stands in %s\n", d.asset, d.source, d.written, far, found)
	}
	if s.disagree > len(s.worst) {
		fmt.Fprintf(w, "  and %d more; --disagreements FILE.csv writes them all\n", s.disagree-len(s.worst))
	}
	if s.rows != nil {
		s.rows.Flush()
		_ = s.file.Close()
	}
}
