package api

import (
	"time"

	"gridwarden/geo"
)

// moment checks that the state asked for by edition or at is the one that is held: this
// server answers from the newest edition. An edition or time before it is not found; a
// time to come is refused, for what will hold then nobody knows.
func (v view) moment(p params) error {
	newest := v.Edition()
	if p.Has("edition") && p.Has("at") {
		return geo.Errorf(geo.Invalid, "edition and at both name a state: give one of them")
	}
	if p.Has("edition") {
		n, err := p.whole("edition", 0, 0, 1<<62)
		if err == nil && geo.Edition(n) != newest.Number {
			err = geo.Errorf(geo.NotFound, "edition %d cannot be answered: this server holds the newest, %d, and keeps no past ones", n, newest.Number)
		}
		return err
	}
	if !p.Has("at") {
		return nil
	}
	at, err := time.Parse(time.RFC3339, p.Get("at"))
	switch {
	case err != nil:
		return geo.Errorf(geo.Invalid, "at=%s is not a time: write it as 2026-07-01T08:00:00+08:00 (the + escaped as %%2B)", clip(p.Get("at")))
	case at.After(time.Now()):
		return geo.Errorf(geo.Invalid, "at=%s is still to come", clip(p.Get("at")))
	case at.Before(newest.PublishedAt) || at.Before(newest.EffectiveFrom):
		return geo.Errorf(geo.NotFound, "at=%s cannot be answered: this server holds the newest edition, %d, published at %s and effective from %s, and keeps no past ones", clip(p.Get("at")), newest.Number, newest.PublishedAt.Format(time.RFC3339), newest.EffectiveFrom.Format(time.RFC3339))
	}
	return nil
}
