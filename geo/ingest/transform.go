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
	epsg, database := of[0].crs.EPSG()
	if !database {
		for i := range of {
			of[i].convert()
		}
		return nil
	}
	whole := b.ask(epsg, of)
	if whole == nil || geo.KindOf(whole) != geo.Invalid {
		return whole
	}
	said := ""
	for i := range of {
		if of[i].err != nil {
			continue
		}
		err := b.ask(epsg, of[i:i+1])
		if err == nil {
			continue
		}
		if err.Error() == said { // not about a record, but about the system
			return err
		}
		said = err.Error()
		of[i].err = faultAt(of[i].source, "%w%s", err, hint(runs(of[i].geometry)[0][0]))
	}
	return nil
}

// ask has records transformed by the database, all or none.
func (b *batch) ask(epsg int, of []held) error {
	var points []orb.Point
	for _, h := range of {
		for _, run := range runs(h.geometry) {
			points = append(points, run...)
		}
	}
	if len(points) == 0 {
		return nil
	}
	if b.transform == nil {
		return geo.Errorf(geo.Invalid, "EPSG:%d takes a database to transform; use OGC:CRS84, GCJ-02 or BD-09", epsg)
	}
	first := points[0]
	if err := b.transform.Transform(b.ctx, epsg, points); err != nil {
		return err
	}
	for i, h := range of {
		for _, run := range runs(h.geometry) {
			points = points[copy(run, points):]
		}
		if h.err == nil && h.check() != nil {
			of[i].err = faultAt(h.source, "in EPSG:%d its coordinates are no place on earth: it is probably in another system%s", epsg, hint(first))
		}
	}
	return nil
}

// convert does without a database.
func (h *held) convert() {
	if h.err != nil {
		return
	}
	if h.err = h.check(); h.err != nil || h.crs == crs.CRS84 {
		return
	}
	for _, run := range runs(h.geometry) {
		for i, p := range run {
			lon, lat, err := h.crs.ToWGS84(p[0], p[1])
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
