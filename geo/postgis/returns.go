package postgis

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const returnSQL = `
SELECT id, feed, report, round, department, reason, at, state, decided_at, decided_by, note, duty_row, area, neighbour FROM returns`

func scanReturn(row pgx.CollectableRow) (r geo.Return, err error) {
	var decided *time.Time
	err = row.Scan(&r.ID, &r.Feed, &r.Report, &r.Round, &r.Department, &r.Reason, &r.At, &r.State, &decided, &r.DecidedBy, &r.Note, &r.Row, &r.Area, &r.Neighbour)
	r.At, r.DecidedAt = r.At.UTC(), orZero(decided)
	return r, err
}

// AddReturn keeps a return that waits for a dispatcher and gives it as it was kept. It is
// NotFound without the report, and a Conflict when the department has no part in the
// present round, or has asked already.
func (s *Store) AddReturn(ctx context.Context, r geo.Return) (kept geo.Return, err error) {
	err = s.write(ctx, "keeping a return", false, func(tx pgx.Tx) error {
		r.State, r.DecidedAt = geo.Asked, time.Time{}
		if _, err := holdRound(ctx, tx, r.Report); err != nil {
			return err
		}
		id, err := insertReturn(ctx, tx, r)
		if err != nil {
			return err
		}
		if kept, err = numberReturn(ctx, tx, id); err != nil {
			return err
		}
		return did(ctx, tx, "ask for return", string(kept.Report), nil, returnDeed(&kept))
	})
	return kept, err
}

// Return is one return; NotFound when there is none.
func (s *Store) Return(ctx context.Context, id int64) (r geo.Return, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "reading a return", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, returnSQL+" WHERE id = $1", id)
		if err != nil {
			return err
		}
		r, err = pgx.CollectExactlyOneRow(rows, scanReturn)
		if errors.Is(err, pgx.ErrNoRows) {
			return geo.Errorf(geo.NotFound, "there is no return %d", id)
		}
		return err
	})
	return r, err
}

// partSQL tells whether a department has a part in the present round, and what decided.
const partSQL = `
SELECT r.round, coalesce((SELECT duty_row FROM assignments a WHERE a.report = r.id AND a.round = r.round AND a.role = 'lead'), '')
FROM reports r WHERE r.id = $1 AND EXISTS (
	SELECT FROM assignments a WHERE a.report = r.id AND a.round = r.round AND a.department = $2)`

const insertReturnSQL = `
INSERT INTO returns (feed, report, round, department, reason, at, state, decided_at, decided_by, note, duty_row, area, neighbour)
VALUES (0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`

// insertReturn writes a return of the present round of a report that is held.
func insertReturn(ctx context.Context, tx pgx.Tx, r geo.Return) (id int64, err error) {
	switch {
	case r.Department == "":
		return 0, geo.Errorf(geo.Invalid, "the return does not say which department it is of")
	case r.Reason == "":
		return 0, geo.Errorf(geo.Invalid, "a return needs a reason: say why it is not the department's")
	}
	var row geo.RuleID
	err = tx.QueryRow(ctx, partSQL, r.Report, r.Department).Scan(&r.Round, &row)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, geo.Errorf(geo.Conflict, "the report %s is not with the department %s now, so it cannot return it", r.Report, r.Department)
	}
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, insertReturnSQL, r.Report, r.Round, r.Department, r.Reason, orNow(r.At), string(r.State), timeOrNull(r.DecidedAt),
		r.DecidedBy, r.Note, string(cmp.Or(r.Row, row)), string(r.Area), string(r.Neighbour)).Scan(&id)
	if violates(err, "returns_one_asked") {
		return 0, geo.Errorf(geo.Conflict, "the department %s has returned the report %s already; a dispatcher has to decide", r.Department, r.Report)
	}
	return id, err
}

// numberReturnSQL gives what was done to a return its place in the feed.
const numberReturnSQL = `
WITH counted AS (
	UPDATE feed SET head = head + 1 RETURNING head, pg_notify('` + feedChannel + `', head::text)
)
UPDATE returns SET feed = head FROM counted WHERE id = $1
RETURNING id, feed, report, round, department, reason, at, state, decided_at, decided_by, note, duty_row, area, neighbour`

// numberReturn is the last thing before commit, as appendFeed is. It gives the return as it
// is now.
func numberReturn(ctx context.Context, tx pgx.Tx, id int64) (geo.Return, error) {
	rows, err := tx.Query(ctx, numberReturnSQL, id)
	if err != nil {
		return geo.Return{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanReturn)
}

// DecideReturn refuses a return: the report stays where it is. (To accept it, or to rule,
// routes the report anew: see [Store.Reassign].) It is NotFound without such a return, and
// a Conflict when it was decided before.
func (s *Store) DecideReturn(ctx context.Context, r geo.Return) (decided geo.Return, err error) {
	if r.State != geo.Refused {
		return decided, geo.Errorf(geo.Invalid, "a return that is %s routes the report anew", r.State)
	}
	err = s.write(ctx, "deciding a return", false, func(tx pgx.Tx) error {
		if err := settleReturn(ctx, tx, r); err != nil {
			return err
		}
		if decided, err = numberReturn(ctx, tx, r.ID); err != nil {
			return err
		}
		return did(ctx, tx, "decide return", string(decided.Report), nil, returnDeed(&decided))
	})
	return decided, err
}

// returnDeed is a return as the audit log tells it, without the words of those who ask.
func returnDeed(r *geo.Return) map[string]any {
	return map[string]any{"return": r.ID, "round": r.Round, "department": r.Department, "state": r.State}
}

const settleReturnSQL = `
UPDATE returns SET state = $2, decided_at = $3, decided_by = $4, note = $5 WHERE id = $1 AND state = 'asked' AND ($6 = '' OR report = $6)`

const returnStateSQL = `SELECT state FROM returns WHERE id = $1 AND ($2 = '' OR report = $2)`

// settleReturn writes what was decided of a return that waits.
func settleReturn(ctx context.Context, tx pgx.Tx, r geo.Return) error {
	tag, err := tx.Exec(ctx, settleReturnSQL, r.ID, string(r.State), orNow(r.DecidedAt), r.DecidedBy, r.Note, string(r.Report))
	if err != nil || tag.RowsAffected() == 1 {
		return err
	}
	var state geo.ReturnState
	err = tx.QueryRow(ctx, returnStateSQL, r.ID, string(r.Report)).Scan(&state)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Errorf(geo.NotFound, "there is no return %d", r.ID)
	}
	if err != nil {
		return err
	}
	return geo.Errorf(geo.Conflict, "the return %d was decided before: it is %s", r.ID, state)
}

const returnsSQL = returnSQL + `
WHERE id > $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR report = $3) AND ($4 = '' OR department = $4) AND ($5 = '' OR duty_row = $5)
ORDER BY id LIMIT $6`

// Returns is the returns a filter picks, the oldest first, at most limit, going on after
// an id.
func (s *Store) Returns(ctx context.Context, filter geo.ReturnFilter, after int64, limit int) (returns []geo.Return, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "listing returns", func(tx pgx.Tx) error {
		returns, err = rowsOf(ctx, tx, scanReturn, returnsSQL, after, string(filter.State), string(filter.Report), string(filter.Department), string(filter.Row), limit)
		return err
	})
	return returns, err
}

const countReturnsSQL = `
SELECT grouping(duty_row) = 0, coalesce(duty_row, ''), coalesce(here, ''), coalesce(there, ''),
	count(*) FILTER (WHERE state = 'asked'), count(*) FILTER (WHERE state = 'accepted'),
	count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'ruled')
FROM (
	SELECT state, duty_row, CASE WHEN neighbour = '' THEN area ELSE least(area, neighbour) END AS here,
		CASE WHEN neighbour = '' THEN '' ELSE greatest(area, neighbour) END AS there
	FROM returns WHERE at >= $1
) AS counted
GROUP BY GROUPING SETS ((duty_row), (here, there)) ORDER BY count(*) DESC, duty_row, here, there`

// ReturnCounts counts the returns since a moment, by the duty row that had decided and by
// the border they were near.
func (s *Store) ReturnCounts(ctx context.Context, since time.Time) (counts geo.ReturnCounts, err error) {
	err = s.read(ctx, "counting returns", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, countReturnsSQL, since)
		if err != nil {
			return err
		}
		var byRow bool
		var row geo.RowReturns
		var border geo.BorderReturns
		n := &border.ReturnCount
		into := []any{&byRow, &row.Row, &border.Area, &border.Neighbour, &n.Asked, &n.Accepted, &n.Refused, &n.Ruled}
		_, err = pgx.ForEachRow(rows, into, func() error {
			if byRow {
				row.ReturnCount = *n
				counts.Rows = append(counts.Rows, row)
			} else {
				counts.Borders = append(counts.Borders, border)
			}
			return nil
		})
		return err
	})
	counts.Rows, counts.Borders = slices.Clip(counts.Rows), slices.Clip(counts.Borders)
	return counts, err
}

func orNow(t time.Time) time.Time {
	if t.IsZero() {
		return time.Now()
	}
	return t
}
