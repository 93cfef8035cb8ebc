package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/cases"
)

// lockArrivals is shared by whoever stores reports and held alone by whoever lets an event
// wait for one, so that neither misses the other.
const lockArrivals = 101

const shareArrivalsSQL = `SELECT pg_advisory_xact_lock_shared(1735551860, $1)`

// AddReport stores a report, how it was routed, and the message about that, in one
// transaction. Events that came before it are applied. A report without an id gets one; one
// that could not be routed, having no point, comes with no assignments.
//
// A retry with the same key and body gives the first one's id, and again; with another
// body it is Faulty, and while the first still runs a Conflict. A source that sent the
// same external id before is told so: a Conflict that holds a [geo.Existing].
func (s *Store) AddReport(ctx context.Context, given *geo.Report, routed []geo.Assignment, once geo.Idempotency) (id geo.ReportID, again bool, err error) {
	return s.addOnce(ctx, given, once, func(tx pgx.Tx, r geo.Report) error {
		routed := assignedTo(&r, 1, routed)
		if err := arrive(ctx, tx, r, routed); err != nil {
			return err
		}
		if err := s.announce(ctx, tx, routed); err != nil {
			return err
		}
		var last pgx.Batch
		queueFeed(&last, routed)
		if err := queueDeed(ctx, &last, "add report", string(r.ID), nil, roundDeed(routed)); err != nil {
			return err
		}
		return tx.SendBatch(ctx, &last).Close()
	})
}

// addOnce stores a report in one transaction, unless a retry has the id of the first.
func (s *Store) addOnce(ctx context.Context, given *geo.Report, once geo.Idempotency, add func(pgx.Tx, geo.Report) error) (id geo.ReportID, again bool, err error) {
	r := withID(*given)
	err = s.write(ctx, "storing a report", false, func(tx pgx.Tx) error {
		if id, err = claim(ctx, tx, once, r.ID); err != nil {
			return err
		}
		if again = id != r.ID; again {
			return nil
		}
		return add(tx, r)
	})
	if err != nil {
		return "", false, err
	}
	return id, again, nil
}

// roundDeed is a round as the audit log tells it: never in words that somebody wrote.
func roundDeed(routed []geo.Assignment) map[string]any {
	for _, a := range routed {
		if a.Role == geo.Lead {
			return map[string]any{"round": a.Round, "lead": a.Department, "edition": a.Edition}
		}
	}
	return map[string]any{"round": 0}
}

// withID is a report as it can be stored.
func withID(r geo.Report) geo.Report {
	r.ReceivedAt = orNow(r.ReceivedAt)
	if r.ID == "" {
		r.ID = geo.NewReportID(r.ReceivedAt)
	}
	return r
}

// arrive stores a new report and what was waiting for it.
func arrive(ctx context.Context, tx pgx.Tx, r geo.Report, routed []geo.Assignment) error {
	given := rounds{r.ID: routed}
	added, err := insertReports(ctx, tx, []geo.Report{r}, given)
	if err != nil {
		return err
	}
	if len(added) == 0 {
		there, err := findReport(ctx, tx, r.Source, r.ExternalID)
		if err != nil {
			return err
		}
		return geo.Errorf(geo.Conflict, "%w", &geo.Existing{Source: r.Source, ExternalID: r.ExternalID, ID: there})
	}
	return adoptEvents(ctx, tx, added, given)
}

const insertReportsSQL = `
INSERT INTO reports (id, source, external_id, point, address, standard, kind, category, family, condition, asset, accuracy,
	answers, level, whistle, description, reported_at, received_at, backfilled, state, round, lead)
SELECT id, source, external_id, ST_Point(lon, lat, 4326), address, standard, kind, category, family, condition, asset, accuracy,
	answers::jsonb, level, whistle::jsonb, description, reported_at, received_at, backfilled, state, round, lead
FROM unnest($1::text[], $2::text[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
	$11::text[], $12::text[], $13::float8[], $14::text[], $15::integer[], $16::text[], $17::text[], $18::timestamptz[], $19::timestamptz[],
	$20::boolean[], $21::text[], $22::integer[], $23::text[])
AS given (id, source, external_id, lon, lat, address, standard, kind, category, family,
	condition, asset, accuracy, answers, level, whistle, description, reported_at, received_at,
	backfilled, state, round, lead)
ON CONFLICT (source, external_id) WHERE external_id <> '' DO NOTHING
RETURNING id`

// insertReports stores reports that have their ids, with the first round of those that
// were routed, and returns the ids of the ones that were not here under their external id.
func insertReports(ctx context.Context, tx pgx.Tx, reports []geo.Report, routed rounds) (added []geo.ReportID, err error) {
	rows := make([]newReport, len(reports))
	for i := range reports {
		given := routed[reports[i].ID]
		lead, err := leadOf(given)
		if err != nil {
			return nil, err
		}
		rows[i] = newReport{Report: &reports[i], lead: lead, round: min(1, len(given))}
	}
	var both pgx.Batch // one round trip
	both.Queue(shareArrivalsSQL, lockArrivals)
	both.Queue(insertReportsSQL, reportColumns(rows)...).Query(func(found pgx.Rows) (err error) {
		added, err = pgx.CollectRows(found, pgx.RowTo[geo.ReportID])
		return err
	})
	return added, tx.SendBatch(ctx, &both).Close()
}

const reportSQL = `
SELECT id, source, external_id, ST_X(point), ST_Y(point), address, standard, kind, category, family, condition, asset, accuracy,
	answers, level, whistle, description, reported_at, received_at, backfilled, state, round
FROM reports`

// Report is all there is about one report; NotFound when there is none.
func (s *Store) Report(ctx context.Context, id geo.ReportID) (*geo.Case, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var c geo.Case
	err := s.read(ctx, "reading a report", func(tx pgx.Tx) (err error) {
		if c, err = readReport(ctx, tx, reportSQL+" WHERE id = $1", id); err != nil {
			return err
		}
		if c.Assignments, err = rowsOf(ctx, tx, scanAssignment, assignmentSQL+" WHERE report = $1 ORDER BY feed", id); err != nil {
			return err
		}
		events, err := rowsOf(ctx, tx, scanEvent, eventSQL+" WHERE report = $1", id)
		if err != nil {
			return err
		}
		c.Events = cases.InOrder(events)
		if c.Rulings, err = readRulings(ctx, tx, id); err != nil {
			return err
		}
		c.Returns, err = rowsOf(ctx, tx, scanReturn, returnSQL+" WHERE report = $1 ORDER BY id", id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &c, nil
}

// versionSQL tells states of a report apart: rounds, events and returns only come, and a
// description only goes.
const versionSQL = `
SELECT concat_ws('.', round, (SELECT count(*) FROM report_events e WHERE e.report = r.id),
	(SELECT coalesce(max(feed), 0) FROM returns b WHERE b.report = r.id), (description = '')::int)
FROM reports r WHERE id = $1`

// ReportVersion is another whenever anything is that Report gives; NotFound when there is no
// such report.
func (s *Store) ReportVersion(ctx context.Context, id geo.ReportID) (version string, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.pool.QueryRow(ctx, versionSQL, id).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", geo.Errorf(geo.NotFound, "there is no report %s", id)
	}
	return version, fault(err, "looking at a report")
}

// readReport is the one report a query finds, without its history.
func readReport(ctx context.Context, tx pgx.Tx, sql string, id geo.ReportID) (geo.Case, error) {
	rows, err := tx.Query(ctx, sql, id)
	if err != nil {
		return geo.Case{}, err
	}
	c, err := pgx.CollectExactlyOneRow(rows, scanReport)
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Case{}, geo.Errorf(geo.NotFound, "there is no report %s", id)
	}
	return c, err
}

func scanReport(row pgx.CollectableRow) (c geo.Case, err error) {
	r := &c.Report
	var lon, lat *float64
	var answers, whistle []byte
	err = row.Scan(&r.ID, &r.Source, &r.ExternalID, &lon, &lat, &r.Address, &r.Category.Standard, &r.Category.Kind, &r.Category.Code, &r.Family,
		&r.Condition, &r.Asset, &r.Accuracy, &answers, &r.Level, &whistle, &r.Description, &r.ReportedAt, &r.ReceivedAt, &r.Backfilled, &r.State, &c.Round)
	if err != nil {
		return c, err
	}
	r.ReportedAt, r.ReceivedAt = r.ReportedAt.UTC(), r.ReceivedAt.UTC()
	if lon != nil && lat != nil {
		at, err := geo.CoordOf(*lon, *lat)
		if err != nil {
			return c, err
		}
		r.Point = &at
	}
	if answers != nil {
		err = json.Unmarshal(answers, &r.Answers)
	}
	if whistle != nil {
		err = errors.Join(err, json.Unmarshal(whistle, &r.Whistle))
	}
	return c, err
}

const findReportSQL = `
SELECT id FROM reports WHERE source = $1 AND external_id = $2 AND external_id <> ''`

// ReportID is our id of the report that a source knows by its own; NotFound when it sent
// none.
func (s *Store) ReportID(ctx context.Context, source, externalID string) (id geo.ReportID, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "looking for a report", func(tx pgx.Tx) error {
		id, err = findReport(ctx, tx, source, externalID)
		return err
	})
	return id, err
}

func findReport(ctx context.Context, tx pgx.Tx, source, externalID string) (id geo.ReportID, err error) {
	err = tx.QueryRow(ctx, findReportSQL, source, externalID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", geo.Errorf(geo.NotFound, "there is no report %s of %s", externalID, source)
	}
	return id, err
}

// BlankDescription removes what a report says in free words, for good; how it was decided
// stays. Doing it again changes nothing; NotFound when there is no such report.
func (s *Store) BlankDescription(ctx context.Context, id geo.ReportID) error {
	return s.write(ctx, "blanking a description", false, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE reports SET description = '' WHERE id = $1", id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return geo.Errorf(geo.NotFound, "there is no report %s", id)
		}
		return did(ctx, tx, "blank description", string(id), nil, nil)
	})
}

// isOpenSQL is told of the reports that wait for somebody; it is that of an index.
const isOpenSQL = `state NOT IN ('closed', 'rejected', 'void', 'merged', 'handled_on_spot')`

const openSQL = `
SELECT state, count(*), count(*) FILTER (WHERE lead = '') FROM reports
WHERE ` + isOpenSQL + ` GROUP BY state`

// OpenReports counts the reports that wait for somebody, from an index of nothing else.
// Those without a place are not counted as unrouted too.
func (s *Store) OpenReports(ctx context.Context) (geo.OpenCount, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	open := geo.OpenCount{States: map[geo.ReportState]int{}}
	rows, err := s.pool.Query(ctx, openSQL)
	if err != nil {
		return open, fault(err, "counting the open reports")
	}
	var state geo.ReportState
	var all, leaderless int
	_, err = pgx.ForEachRow(rows, []any{&state, &all, &leaderless}, func() error {
		open.States[state] = all
		if state != geo.Unlocated {
			open.Unrouted += leaderless
		}
		return nil
	})
	return open, fault(err, "counting the open reports")
}

// RecentReports calls each with the reports since a moment, as reported, the oldest first
// and without their descriptions. The report is each's only until it returns. It ends with
// each's error.
func (s *Store) RecentReports(ctx context.Context, since time.Time, each func(*geo.Report) error) error {
	return s.read(ctx, "reading the recent reports", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, reportSQL+" WHERE reported_at >= $1 ORDER BY reported_at, id", since)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanReport(rows)
			if err != nil {
				return err
			}
			c.Report.Description = ""
			if err := each(&c.Report); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

const openPlacesSQL = `
SELECT ST_X(point), ST_Y(point), standard, kind, category FROM reports
WHERE ` + isOpenSQL + ` AND point IS NOT NULL`

// OpenPlaces tells where the reports that wait for somebody are, and of which category.
func (s *Store) OpenPlaces(ctx context.Context, each func(geo.Coord, geo.CategoryKey)) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, openPlacesSQL)
	if err != nil {
		return fault(err, "reading where the open reports are")
	}
	var lon, lat float64
	var category geo.CategoryKey
	_, err = pgx.ForEachRow(rows, []any{&lon, &lat, &category.Standard, &category.Kind, &category.Code}, func() error {
		at, err := geo.CoordOf(lon, lat)
		if err == nil {
			each(at, category)
		}
		return err
	})
	return fault(err, "reading where the open reports are")
}
