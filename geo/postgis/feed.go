package postgis

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// feedChannel carries a notice for each step of the feed; only a hint, as channel is.
const feedChannel = "gridwarden_feed"

// assignedTo is assignments as they are stored for one round of a report.
func assignedTo(r *geo.Report, round int, given []geo.Assignment) []geo.Assignment {
	out := make([]geo.Assignment, len(given))
	for i, a := range given {
		a.Report, a.Source, a.ExternalID, a.Round, a.Backfilled = r.ID, r.Source, r.ExternalID, round, r.Backfilled
		a.At = orNow(a.At)
		out[i] = a
	}
	return out
}

// leadOf is who leads; nobody does where there are no assignments. Two leads or none among
// some are the program's error.
func leadOf(given []geo.Assignment) (lead geo.DepartmentCode, err error) {
	leads := 0
	for _, a := range given {
		if a.Role == geo.Lead {
			lead = a.Department
			leads++
		}
	}
	if leads != min(1, len(given)) {
		return "", geo.Errorf(geo.Internal, "%d of the %d assignments of a report are its lead", leads, len(given))
	}
	return lead, nil
}

// rounds are assignments on their way into the database, one round for each report.
type rounds map[geo.ReportID][]geo.Assignment

// announce puts the message about a round into the outbox.
func (s *Store) announce(ctx context.Context, tx pgx.Tx, routed []geo.Assignment) error {
	if len(routed) == 0 {
		return nil
	}
	return s.enqueue(ctx, tx, routed[0].Report, routed[0].Round)
}

// appendFeedSQL numbers assignments and writes them. The update holds the counter's row
// until commit, so numbers are given in the order of commits.
const appendFeedSQL = `
WITH counted AS (
	UPDATE feed SET head = head + cardinality($1::text[]) RETURNING head, head - cardinality($1::text[]) AS before
), stored AS (
	INSERT INTO assignments (feed, report, source, external_id, round, role, department, duty_group, due_at, rule, duty_row,
		edition, at, reason, decision, backfilled)
	SELECT before + place, report, source, external_id, round, role, department, duty_group, due_at, rule, duty_row,
		edition, at, reason, decision::json, backfilled
	FROM counted, unnest($1, $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[],
		$10::text[], $11::bigint[], $12::timestamptz[], $13::text[], $14::text[], $15::boolean[])
	WITH ORDINALITY AS given (report, source, external_id, round, role, department, duty_group, due_at, rule,
		duty_row, edition, at, reason, decision, backfilled, place)
)
SELECT pg_notify('` + feedChannel + `', head::text) FROM counted`

// queueFeed gives assignments their places in the feed, in the order given, and stores
// them. Only the line of the audit log comes after it; all that could still be refused is
// refused before.
func queueFeed(last *pgx.Batch, given []geo.Assignment) {
	if len(given) == 0 {
		return
	}
	text := func(value func(*geo.Assignment) string) []string { return column(given, value) }
	last.Queue(appendFeedSQL,
		text(func(a *geo.Assignment) string { return string(a.Report) }),
		text(func(a *geo.Assignment) string { return a.Source }),
		text(func(a *geo.Assignment) string { return a.ExternalID }),
		column(given, func(a *geo.Assignment) int { return a.Round }),
		text(func(a *geo.Assignment) string { return string(a.Role) }),
		text(func(a *geo.Assignment) string { return string(a.Department) }),
		text(func(a *geo.Assignment) string { return a.Group }),
		column(given, func(a *geo.Assignment) *time.Time { return timeOrNull(a.DueAt) }),
		text(func(a *geo.Assignment) string { return a.Rule }),
		text(func(a *geo.Assignment) string { return string(a.Row) }),
		column(given, func(a *geo.Assignment) int64 { return int64(a.Edition) }),
		column(given, func(a *geo.Assignment) time.Time { return a.At }),
		text(func(a *geo.Assignment) string { return a.Reason }),
		column(given, func(a *geo.Assignment) *string { return textOrNull(a.Decision) }),
		column(given, func(a *geo.Assignment) bool { return a.Backfilled }),
	)
}

func textOrNull(text json.RawMessage) *string {
	if len(text) == 0 {
		return nil
	}
	s := string(text)
	return &s
}

const assignmentSQL = `
SELECT feed, report, source, external_id, round, role, department, duty_group, due_at, rule, duty_row, edition, at, reason, decision, backfilled
FROM assignments`

func scanAssignment(row pgx.CollectableRow) (a geo.Assignment, err error) {
	var due *time.Time
	var decision []byte
	err = row.Scan(&a.Feed, &a.Report, &a.Source, &a.ExternalID, &a.Round, &a.Role, &a.Department, &a.Group, &due, &a.Rule, &a.Row,
		&a.Edition, &a.At, &a.Reason, &decision, &a.Backfilled)
	a.DueAt, a.At, a.Decision = orZero(due), a.At.UTC(), decision
	return a, err
}

// feedSQL reads on from a number; what was back-filled only when asked for.
const (
	feedSQL      = assignmentSQL + ` WHERE feed > $1 AND NOT backfilled ORDER BY feed LIMIT $2`
	wholeFeedSQL = assignmentSQL + ` WHERE feed > $1 ORDER BY feed LIMIT $2`
)

// Feed is the assignments after a number in the order of their commits, at most limit, and
// the number up to which they are all: one who goes on after that misses none and sees none
// twice. It is smaller than after for one who comes from another history. Numbers without
// an assignment belong to returns and posts, or to what was back-filled, unless that is
// asked for.
func (s *Store) Feed(ctx context.Context, after int64, limit int, backfilled bool) (page []geo.Assignment, upTo int64, err error) {
	sql := feedSQL
	if backfilled {
		sql = wholeFeedSQL
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "reading the feed", func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, feedHeadSQL).Scan(&upTo); err != nil {
			return err
		}
		page, err = rowsOf(ctx, tx, scanAssignment, sql, after, limit)
		return err
	})
	if len(page) == limit && limit > 0 {
		upTo = page[limit-1].Feed
	}
	return page, upTo, err
}

const feedHeadSQL = `SELECT head FROM feed`

// FeedHead is the number of the newest step of the feed, 0 before the first.
func (s *Store) FeedHead(ctx context.Context) (head int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.pool.QueryRow(ctx, feedHeadSQL).Scan(&head)
	return head, fault(err, "asking for the head of the feed")
}
