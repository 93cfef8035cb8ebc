package ingest

import (
	"context"
	"iter"

	"github.com/paulmach/orb"

	"gridwarden/geo"
	"gridwarden/geo/crs"
)

// batchPoints is how many points are transformed at once: one question to the database
// for many features, few enough to forget.
const batchPoints = 20_000

// placed brings the geometries of records to WGS 84 and refuses what is no place on
// earth. Order is kept; records of an EPSG system are held back for a batch, others are
// not. An error of t ends the stream.
func placed(ctx context.Context, t Transformer, in iter.Seq2[record, error]) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		b := batch{ctx: ctx, transform: t}
		for r, err := range in {
			if err := ctx.Err(); err != nil {
				yield(record{}, err)
				return
			}
			b.add(r, err)
			if !b.full() {
				continue
			}
			if !b.flush(yield) {
				return
			}
		}
		b.flush(yield)
	}
}

// batch is a row of records of one system.
type batch struct {
	ctx       context.Context
	transform Transformer
	held      []held
	points    int
}

// held is a record on its way, or a fault in its place.
type held struct {
	record
	err error
}

func (b *batch) add(r record, err error) {
	b.held = append(b.held, held{r, err})
	for _, run := range runs(r.geometry) {
		b.points += len(run)
	}
}

// full tells whether it is time to flush: at once, unless a database is to be asked.
func (b *batch) full() bool {
	last := b.held[len(b.held)-1]
	_, database := last.crs.EPSG()
	return !database || last.err != nil || b.points >= batchPoints || len(b.held) >= batchPoints
}

// flush places the records held and yields them. false ends the stream.
func (b *batch) flush(yield func(record, error) bool) bool {
	defer func() { b.held, b.points = b.held[:0], 0 }()
	for from := 0; from < len(b.held); {
		to := from + 1
		for to < len(b.held) && b.held[to].crs == b.held[from].crs {
			to++
		}
		if err := b.place(b.held[from:to]); err != nil {
			yield(record{}, err)
			return false
		}
		from = to
	}
	for _, h := range b.held {
		if !yield(h.record, h.err) {
			return false
		}
	}
	return true
}

// place brings records of one system to WGS 84.
func (b *batch) place(of []held) error {
	system := of[0].crs
	epsg, database := system.EPSG()
	if !database {
		for i := range of {
			of[i].convert(system)
		}
		return nil
	}
	var points []orb.Point
	for _, h := range of {
		for _, run := range runs(h.geometry) {
			points = append(points, run...)
		}
	}
	if len(points) == 0 {
		return nil
	}
	first := points[0]
	if err := b.ask(epsg, of[0].source, points); err != nil {
		return err
	}
	for i := range of {
		for _, run := range runs(of[i].geometry) {
			points = points[copy(run, points):]
		}
		if of[i].err == nil && of[i].check() != nil {
			of[i].err = faultAt(of[i].source, "in %s its coordinates are no place on earth: is it another system?%s", system, hint(first))
		}
	}
	return nil
}

// ask has the points transformed.
func (b *batch) ask(epsg int, source geo.Source, points []orb.Point) error {
	if b.transform == nil {
		return geo.Errorf(geo.Invalid, "%s is in EPSG:%d, which takes a database to transform", source.File, epsg)
	}
	first := points[0]
	if err := b.transform.Transform(b.ctx, epsg, points); err != nil {
		return geo.Errorf(geo.KindOf(err), "%s: coordinates such as %s cannot be transformed from EPSG:%d%s: %w", source, pair(first), epsg, hint(first), err)
	}
	return nil
}

// convert does without a database.
func (h *held) convert(system crs.CRS) {
	if h.err != nil {
		return
	}
	if h.err = h.check(); h.err != nil || system == crs.CRS84 {
		return
	}
	for _, run := range runs(h.geometry) {
		for i, p := range run {
			lon, lat, err := system.ToWGS84(p[0], p[1])
			if err != nil {
				h.err = at(h.source, err)
				return
			}
			run[i] = orb.Point{lon, lat}
		}
	}
}

// check refuses positions that are no longitude and latitude.
func (h *held) check() error {
	for _, run := range runs(h.geometry) {
		for _, p := range run {
			if err := degrees(p); err != nil {
				return at(h.source, err)
			}
		}
	}
	return nil
}
