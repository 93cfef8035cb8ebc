package audit

import (
	"context"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
	"gridwarden/geo/routing"
)

// dead tells the rows that decide nowhere and never, on the day asked for or a later one,
// and which go before them where they hold. With a choice of categories none is told: a
// row may decide for others.
func (a *Audit) dead(ctx context.Context, l *ledger, o *Options) error {
	if o.Categories != nil {
		return nil
	}
	b := a.x.books[0]
	var rows []int32
	for i := range b.rows {
		r := &b.rows[i]
		switch until := r.ValidUntil; {
		case l.reached[i] || !r.readable:
		case !until.IsZero() && until.Before(o.day()):
			a.addDead(r, nil, geo.Say("duty row %s decides no more: it ended on %s; take it out", r.ID, until))
		default:
			rows = append(rows, int32(i))
		}
	}
	shadows, err := a.shadows(ctx, rows, o)
	if err != nil {
		return err
	}
	for _, i := range rows {
		before := slices.Sorted(maps.Keys(shadows[i]))
		a.addDead(&b.rows[i], before, a.whyDead(&b.rows[i], before))
	}
	return nil
}

func (a *Audit) addDead(r *row, before []geo.RuleID, why geo.Said) {
	rows := append([]geo.RuleID{r.ID}, before...)
	a.Findings = append(a.Findings, Finding{Kind: DeadRow, Rows: rows, Condition: anyText, Answers: anyText, Asset: "any", Message: why})
}

func (a *Audit) whyDead(r *row, shadows []geo.RuleID) geo.Said {
	if len(shadows) > 0 {
		goes := "goes"
		if len(shadows) > 1 {
			goes = "go"
		}
		return geo.Say("duty row %s never decides: wherever it holds, %s %s before it; give it a smaller priority, or take it out", r.ID, listed(shadows, 5), goes)
	}
	what := geo.Say("no place, category and moment fits it, or whom it names is nowhere to be found")
	switch {
	case !slices.ContainsFunc(a.zones, func(z *zone) bool { return slices.Contains(z.cells[0], r.cell) }):
		what = geo.Say("nothing lies in layer %s, area %q", r.Layer, r.Area)
	case r.Asset == "must" || len(r.asset) > 0:
		what = geo.Say("no asset that it asks for stands where it could hold")
	}
	return geo.Say("duty row %s never decides: %s; mend it, or take it out", r.ID, what)
}

// shadows are, for rows that never decide, those that decide where they hold. An engine of
// the dead rows alone tells where the first of them hold; then one of those left, which
// only dead ones hid, and so on until none of those left holds anywhere.
func (a *Audit) shadows(ctx context.Context, rows []int32, o *Options) (map[int32]map[geo.RuleID]bool, error) {
	b := a.x.books[0]
	shadows := map[int32]map[geo.RuleID]bool{}
	for left := rows; len(left) > 0; {
		engine, err := a.alone(left, o)
		if err != nil {
			return nil, err
		}
		days := map[geo.Date]bool{o.day(): true}
		for _, i := range left {
			if from := b.rows[i].ValidFrom; o.day().Before(from) {
				days[from] = true
			}
		}
		matters := func(z *zone, class int32) bool {
			return slices.ContainsFunc(b.rowsFor(z.cells[0], class), func(i int32) bool { return slices.Contains(left, i) })
		}
		for day := range days {
			all, ws := witnesses(func() *shadowed {
				return &shadowed{exam: a.x, engine: engine, day: day, rows: left, found: map[int32]map[geo.RuleID]bool{}}
			})
			if err := a.x.run(ctx, day, matters, ws, func(done, of int) { o.Progress("looking into rows that never decide", done, of) }); err != nil {
				return nil, err
			}
			for _, w := range all {
				for i, found := range w.found {
					if shadows[i] == nil {
						shadows[i] = found
					}
					maps.Copy(shadows[i], found)
				}
			}
		}
		rest := slices.DeleteFunc(slices.Clone(left), func(i int32) bool { return shadows[i] != nil })
		if len(rest) == len(left) {
			break
		}
		left = rest
	}
	return shadows, nil
}

// alone is an engine that knows only some of the rows.
func (a *Audit) alone(rows []int32, o *Options) (*routing.Engine, error) {
	b := a.x.books[0]
	some := make([]geo.DutyRow, 0, len(rows))
	for _, i := range rows {
		some = append(some, *b.rows[i].DutyRow)
	}
	view, err := withDuty(b.view, geo.DutyTables{Rules: some, Rulings: []geo.Ruling{}})
	if err != nil {
		return nil, err
	}
	return routing.New(view, o.Settings), nil
}

// withDuty is a view with other tables of duty.
func withDuty(view *index.Snapshot, tables geo.DutyTables) (*index.Snapshot, error) {
	return view.Apply(&geo.Changes{
		History: view.History(), From: view.Position(), To: view.Position(), Edition: view.Edition(), Duty: tables,
	})
}

// shadowed is the witness that hears who decides where a dead row would, were the dead
// alone.
type shadowed struct {
	exam    *exam
	engine  *routing.Engine // of rows alone
	day     geo.Date
	rows    []int32
	found   map[int32]map[geo.RuleID]bool
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
	s := w.exam.situation(w.day, w.pair, w.options, c, 0)
	alone := w.engine.Outcome(&s)
	if alone.Row < 0 {
		return
	}
	i := w.rows[alone.Row]
	if w.found[i] == nil {
		w.found[i] = map[geo.RuleID]bool{}
	}
	w.found[i][w.exam.books[0].rows[outcomes[0].Row].ID] = true
}
