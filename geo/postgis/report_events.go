package postgis

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

const eventSQL = `
SELECT report, sender_id, kind, at, received_at, author, note, department, until, into_report FROM report_events`

func scanEvent(row pgx.CollectableRow) (e geo.ReportEvent, err error) {
	var until *time.Time
	err = row.Scan(&e.Report, &e.SenderID, &e.Kind, &e.At, &e.ReceivedAt, &e.Author, &e.Note, &e.Department, &until, &e.Into)
	e.At, e.ReceivedAt, e.Until = e.At.UTC(), e.ReceivedAt.UTC(), orZero(until)
	return e, err
}

// AddEvents stores what the city's case system told, in one transaction, and brings the
// states of the reports along. Each event has its own outcome, in the order given: one
// that cannot be read or names an id that is not here is refused, and the others are
// stored. An event for a report that its source has not sent yet waits for it, for ninety
// days.
func (s *Store) AddEvents(ctx context.Context, events []geo.ReportEvent) (outcomes []geo.EventOutcome, err error) {
	err = s.write(ctx, "storing events", false, func(tx pgx.Tx) error {
		told := telling{events: events, outcomes: make([]geo.EventOutcome, len(events))}
		told.check()
		if err := told.resolve(ctx, tx); err != nil {
			return err
		}
		if err := told.wait(ctx, tx); err != nil {
			return err
		}
		if err := told.checkMerges(ctx, tx); err != nil {
			return err
		}
		outcomes = told.outcomes
		if err := told.store(ctx, tx); err != nil {
			return err
		}
		return told.did(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	return outcomes, nil
}

// telling is one AddEvents. An event without an outcome has still to be dealt with.
type telling struct {
	events   []geo.ReportEvent
	outcomes []geo.EventOutcome
}

// did tells the audit log, where anything was kept.
func (t *telling) did(ctx context.Context, tx pgx.Tx) error {
	fates, subject := map[geo.EventFate]int{}, ""
	for _, o := range t.outcomes {
		fates[o.Fate]++
	}
	if fates[geo.EventStored]+fates[geo.EventWaiting] == 0 {
		return nil
	}
	if len(t.outcomes) == 1 {
		subject = string(t.outcomes[0].Report)
	}
	return did(ctx, tx, "tell events", subject, nil, fates)
}

func (t *telling) check() {
	for i, e := range t.events {
		if err := cases.CheckEvent(e); err != nil {
			t.outcomes[i] = geo.EventOutcome{Fate: geo.EventRefused, Told: geo.Say("%s", err)}
		}
	}
}

// open is the places of the events that have no outcome and are, or are not, of a report
// that was found.
func (t *telling) open(found bool) (places []int) {
	for i, o := range t.outcomes {
		if o.Fate == "" && (o.Report != "") == found {
			places = append(places, i)
		}
	}
	return places
}

// resolveSQL finds the reports that events name in one way or the other.
const resolveSQL = `
SELECT given.place, r.id FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS given (report, source, external_id, place)
JOIN LATERAL (
	SELECT id FROM reports WHERE given.report <> '' AND id = given.report
	UNION ALL
	SELECT id FROM reports WHERE given.report = '' AND source = given.source AND external_id = given.external_id AND external_id <> ''
) AS r ON true`

// resolve finds the reports of the events that have none yet.
func (t *telling) resolve(ctx context.Context, tx pgx.Tx) error {
	places := t.open(false)
	if len(places) == 0 {
		return nil
	}
	text := func(value func(*geo.ReportEvent) string) []string {
		return column(places, func(i *int) string { return value(&t.events[*i]) })
	}
	rows, err := tx.Query(ctx, resolveSQL,
		text(func(e *geo.ReportEvent) string { return string(e.Report) }),
		text(func(e *geo.ReportEvent) string { return e.Source }),
		text(func(e *geo.ReportEvent) string { return e.ExternalID }))
	if err != nil {
		return err
	}
	var place int
	var id geo.ReportID
	_, err = pgx.ForEachRow(rows, []any{&place, &id}, func() error {
		t.outcomes[places[place-1]].Report = id
		return nil
	})
	return err
}

// wait keeps the events of reports that are not here, and refuses those that name an id of
// ours. While an event starts waiting no report arrives; the ones that did meanwhile are
// found.
func (t *telling) wait(ctx context.Context, tx pgx.Tx) error {
	for _, i := range t.open(false) {
		if id := t.events[i].Report; id != "" {
			t.outcomes[i] = geo.EventOutcome{Fate: geo.EventRefused, Told: geo.Say("there is no report %s", id)}
		}
	}
	if len(t.open(false)) == 0 {
		return nil
	}
	if err := takeTurn(ctx, tx, lockArrivals); err != nil {
		return err
	}
	if err := t.resolve(ctx, tx); err != nil {
		return err
	}
	return t.keep(ctx, tx, t.open(false))
}

// checkMerges refuses to merge a report into itself or into one that is not here: it would
// be open nowhere.
func (t *telling) checkMerges(ctx context.Context, tx pgx.Tx) error {
	merges := slices.DeleteFunc(t.open(true), func(i int) bool { return t.events[i].Kind != geo.WasMerged })
	if len(merges) == 0 {
		return nil
	}
	into := column(merges, func(i *int) string { return string(t.events[*i].Into) })
	rows, err := tx.Query(ctx, "SELECT id FROM reports WHERE id = ANY($1)", into)
	if err != nil {
		return err
	}
	here, err := pgx.CollectRows(rows, pgx.RowTo[geo.ReportID])
	if err != nil {
		return err
	}
	for _, i := range merges {
		switch o, id := &t.outcomes[i], t.events[i].Into; {
		case id == o.Report:
			o.Fate, o.Told = geo.EventRefused, geo.Say("a report cannot be merged into itself")
		case !slices.Contains(here, id):
			o.Fate, o.Told = geo.EventRefused, geo.Say("there is no report %s to merge into", id)
		}
	}
	return nil
}

// keepEventsSQL puts events among the waiting, and removes some that nobody came for.
const keepEventsSQL = `
WITH past AS (
	DELETE FROM waiting_events WHERE (source, external_id, sender_id) IN (
		SELECT source, external_id, sender_id FROM waiting_events WHERE received_at < now() - interval '90 days'
		ORDER BY received_at LIMIT 2 * cardinality($1::text[]))
)
INSERT INTO waiting_events (source, external_id, sender_id, kind, at, received_at, author, note, department, until, into_report)
SELECT source, external_id, sender_id, kind, at, now(), author, note, department, until, into_report
FROM unnest($1, $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[])
AS given (source, external_id, sender_id, kind, at, author, note, department, until, into_report)
ON CONFLICT DO NOTHING`

func (t *telling) keep(ctx context.Context, tx pgx.Tx, places []int) error {
	if len(places) == 0 {
		return nil
	}
	source := column(places, func(i *int) string { return t.events[*i].Source })
	external := column(places, func(i *int) string { return t.events[*i].ExternalID })
	_, err := tx.Exec(ctx, keepEventsSQL, append([]any{source, external}, t.columns(places)...)...)
	for _, i := range places {
		t.outcomes[i].Fate = geo.EventWaiting
	}
	return err
}

// columns is what events say, but for the report.
func (t *telling) columns(places []int) []any {
	text := func(value func(*geo.ReportEvent) string) []string {
		return column(places, func(i *int) string { return value(&t.events[*i]) })
	}
	return []any{
		text(func(e *geo.ReportEvent) string { return cases.EventID(*e) }),
		text(func(e *geo.ReportEvent) string { return string(e.Kind) }),
		column(places, func(i *int) time.Time { return t.events[*i].At }),
		text(func(e *geo.ReportEvent) string { return e.Author }),
		text(func(e *geo.ReportEvent) string { return e.Note }),
		text(func(e *geo.ReportEvent) string { return string(e.Department) }),
		column(places, func(i *int) *time.Time { return timeOrNull(t.events[*i].Until) }),
		text(func(e *geo.ReportEvent) string { return string(e.Into) }),
	}
}

const addEventsSQL = `
INSERT INTO report_events (report, sender_id, kind, at, received_at, author, note, department, until, into_report)
SELECT report, sender_id, kind, at, now(), author, note, department, until, into_report
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[])
AS given (report, sender_id, kind, at, author, note, department, until, into_report)
ON CONFLICT DO NOTHING RETURNING report, sender_id`

// eventKey names an event.
type eventKey struct {
	report geo.ReportID
	id     string
}

// store writes the events of reports that are here, and says what became of each.
func (t *telling) store(ctx context.Context, tx pgx.Tx) error {
	places := t.open(true)
	if len(places) == 0 {
		return nil
	}
	ids := column(places, func(i *int) geo.ReportID { return t.outcomes[*i].Report })
	if err := hold(ctx, tx, ids); err != nil {
		return err
	}
	added, err := rowsOf(ctx, tx, scanEventKey, addEventsSQL, append([]any{ids}, t.columns(places)...)...)
	if err != nil {
		return err
	}
	lives, err := refold(ctx, tx, ids, nil)
	if err != nil {
		return err
	}
	fresh := make(map[eventKey]bool, len(added))
	for _, k := range added {
		fresh[k] = true
	}
	for _, i := range places {
		o := &t.outcomes[i]
		key := eventKey{o.Report, cases.EventID(t.events[i])}
		o.Fate = geo.EventRepeated
		if fresh[key] {
			o.Fate = geo.EventStored
		}
		delete(fresh, key) // the same event later in the list is a repeat
		o.State, o.Told = lives[o.Report].State, lives[o.Report].OddAbout(key.id)
	}
	return nil
}

func scanEventKey(row pgx.CollectableRow) (k eventKey, err error) {
	err = row.Scan(&k.report, &k.id)
	return k, err
}

const holdSQL = `SELECT id FROM reports WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`

// hold lets nobody else change these reports before commit. They are held in the order of
// their ids, so that two who hold several cannot wait for one another.
func hold(ctx context.Context, tx pgx.Tx, ids []geo.ReportID) error {
	_, err := tx.Exec(ctx, holdSQL, ids)
	return err
}

const adoptEventsSQL = `
WITH come AS (
	DELETE FROM waiting_events w USING reports r
	WHERE r.id = ANY($1) AND w.source = r.source AND w.external_id = r.external_id
	RETURNING r.id, w.*
)
INSERT INTO report_events (report, sender_id, kind, at, received_at, author, note, department, until, into_report)
SELECT id, sender_id, kind, at, received_at, author, note, department, until, into_report FROM come
ON CONFLICT DO NOTHING RETURNING report`

// adoptEvents gives reports that have just come the events that waited for them.
func adoptEvents(ctx context.Context, tx pgx.Tx, arrived []geo.ReportID, routed rounds) error {
	adopted, err := rowsOf(ctx, tx, pgx.RowTo[geo.ReportID], adoptEventsSQL, arrived)
	if err != nil || len(adopted) == 0 {
		return err
	}
	_, err = refold(ctx, tx, adopted, routed)
	return err
}

// toFoldSQL finds what the lives of reports depend on beside the events: whether they have
// a point, and who has a part in them.
const toFoldSQL = `
SELECT r.id, r.point IS NOT NULL, a.department, a.role
FROM reports r LEFT JOIN assignments a ON a.report = r.id WHERE r.id = ANY($1)`

const setStatesSQL = `
UPDATE reports r SET state = given.state FROM unnest($1::text[], $2::text[]) AS given (id, state)
WHERE r.id = given.id AND r.state <> given.state`

// refold makes the lives of reports anew from all their events and keeps the states. The
// caller holds the reports, and gives the rounds it has still to store.
func refold(ctx context.Context, tx pgx.Tx, ids []geo.ReportID, coming rounds) (map[geo.ReportID]cases.Life, error) {
	all, err := readToFold(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	lives := make(map[geo.ReportID]cases.Life, len(all))
	var folded []geo.ReportID
	var states []string
	for id, c := range all {
		c.Assignments = append(c.Assignments, coming[id]...)
		lives[id] = cases.Of(c)
		folded, states = append(folded, id), append(states, string(lives[id].State))
	}
	_, err = tx.Exec(ctx, setStatesSQL, folded, states)
	return lives, err
}

// readToFold reads, of some reports, what their lives are made of.
func readToFold(ctx context.Context, tx pgx.Tx, ids []geo.ReportID) (map[geo.ReportID]*geo.Case, error) {
	all := make(map[geo.ReportID]*geo.Case, len(ids))
	rows, err := tx.Query(ctx, toFoldSQL, ids)
	if err != nil {
		return nil, err
	}
	var id geo.ReportID
	var located bool
	var department, role *string
	_, err = pgx.ForEachRow(rows, []any{&id, &located, &department, &role}, func() error {
		c := all[id]
		if c == nil {
			c = &geo.Case{}
			all[id] = c
		}
		if located {
			c.Report.Point = &geo.Coord{} // where does not matter
		}
		if role != nil {
			c.Assignments = append(c.Assignments, geo.Assignment{Department: geo.DepartmentCode(*department), Role: geo.Role(*role)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	events, err := rowsOf(ctx, tx, scanEvent, eventSQL+" WHERE report = ANY($1)", ids)
	for _, e := range events {
		if c := all[e.Report]; c != nil {
			c.Events = append(c.Events, e)
		}
	}
	return all, err
}
