package audit

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

// maxDead is how many dead rows are looked into; of further ones only the id is told.
const maxDead = 500

// dead tells the rows that decide nowhere and never, on the day asked for or a later one,
// and which go before them wherever they hold.
func (a *Audit) dead(ctx context.Context, l *ledger, o *Options) error {
	b := a.x.books[0]
	looked := 0
	for i := range b.rows {
		r := &b.rows[i]
		if l.reached[i] || !r.readable || o.Categories != nil {
			continue
		}
		f := Finding{Kind: DeadRow, Rows: []geo.RuleID{r.ID}, Condition: anyText, Answers: anyText, Asset: "any"}
		switch until := r.ValidUntil; {
		case !until.IsZero() && until.Before(o.day()):
			f.Message = fmt.Sprintf("duty row %s decides no more: it ended on %s; take it out", r.ID, until)
		case looked >= maxDead:
			f.Message = fmt.Sprintf("duty row %s never decides", r.ID)
		default:
			looked++
			shadows, err := a.shadows(ctx, int32(i), o)
			if err != nil {
				return err
			}
			f.Rows = append(f.Rows, shadows...)
			f.Message = a.whyDead(r, shadows)
		}
		a.Findings = append(a.Findings, f)
	}
	return nil
}

func (a *Audit) whyDead(r *row, shadows []geo.RuleID) string {
	if len(shadows) > 0 {
		return fmt.Sprintf("duty row %s never decides: wherever it holds, %s goes before it; give it a smaller priority, or take it out", r.ID, listed(shadows, 5))
	}
	what := "no place, category and moment fits it, or whom it names is nowhere to be found"
	switch {
	case r.Asset == "must" || len(r.asset) > 0:
		what = "no asset that it asks for stands where it could hold"
	case !slices.ContainsFunc(a.zones, func(z *zone) bool { return slices.Contains(z.cells[0], r.cell) }):
		what = fmt.Sprintf("nothing lies in layer %s, area %q", r.Layer, r.Area)
	}
	return fmt.Sprintf("duty row %s never decides: %s; mend it, or take it out", r.ID, what)
}

// shadows are the rows that decide where a row would hold, were it alone.
func (a *Audit) shadows(ctx context.Context, i int32, o *Options) ([]geo.RuleID, error) {
	b := a.x.books[0]
	alone, err := b.view.Apply(&geo.Changes{
		History: b.view.History(), From: b.view.Position(), To: b.view.Position(), Edition: b.view.Edition(),
		Duty: geo.DutyTables{Rules: []geo.DutyRow{*b.rows[i].DutyRow}, Rulings: []geo.Ruling{}},
	})
	if err != nil {
		return nil, err
	}
	day := o.day()
	if from := b.rows[i].ValidFrom; day.Before(from) {
		day = from
	}
	engine := routing.New(alone, o.Settings)
	shadows := map[geo.RuleID]bool{}
	for zone, z := range a.zones {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !slices.Contains(z.cells[0], b.rows[i].cell) {
			continue
		}
		for class := range a.x.classes {
			if slices.Contains(b.byCell[rowsAt{b.rows[i].cell, int32(class)}], i) {
				w := &shadowed{exam: a.x, engine: engine, day: day, found: shadows}
				a.x.pair(day, int32(zone), int32(class), w)
			}
		}
	}
	return slices.Sorted(maps.Keys(shadows)), nil
}

// shadowed is the witness that hears who decides where a row alone would.
type shadowed struct {
	exam    *exam
	engine  *routing.Engine
	day     geo.Date
	found   map[geo.RuleID]bool
	pair    pairOf
	options *options
}

func (w *shadowed) begin(zone, class int32, o *options) {
	w.pair, w.options = pairOf{zone, class}, o
}

func (w *shadowed) end() {}

func (w *shadowed) hear(c combination, outcomes []routing.Outcome) {
	if outcomes[0].Row < 0 {
		return
	}
	b := w.exam.books[0]
	s := w.exam.situation(w.day, w.pair, w.options, c, 0)
	if alone := w.engine.Outcome(&s); alone.Row == 0 {
		w.found[b.rows[outcomes[0].Row].ID] = true
	}
}
