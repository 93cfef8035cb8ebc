package postgis

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// Reassign stores the next round of a report with what led to it: the correction, the
// return, the ruling. It is NotFound without the report and a Conflict when another round
// came first, the return was decided meanwhile, or an edition would move a report that is
// no longer open; then nothing was written. A ruling that holds beyond its report is a
// change of the view too.
func (s *Store) Reassign(ctx context.Context, m *geo.Reassignment) error {
	return s.write(ctx, "routing a report anew", false, func(tx pgx.Tx) error {
		now, err := readReport(ctx, tx, holdReportSQL, m.Report)
		if err != nil {
			return err
		}
		if now.Round+1 != m.Round {
			return geo.Errorf(geo.Conflict, "the report %s is in round %d now, so round %d cannot follow: read it again", m.Report, now.Round, m.Round)
		}
		if m.Reason == geo.ReasonRepublished && !now.Report.State.Open() {
			return geo.Errorf(geo.Conflict, "the report %s is %s and stays with whom it was", m.Report, now.Report.State)
		}
		next := anew{*m, assignedTo(&now.Report, m.Round, m.Assignments)}
		for i := range next.routed {
			next.routed[i].Reason = cmp.Or(m.Reason, next.routed[i].Reason)
		}
		if err := next.settle(ctx, tx); err != nil {
			return err
		}
		if err := next.correct(ctx, tx, now.Report); err != nil {
			return err
		}
		if err := s.announce(ctx, tx, next.routed); err != nil {
			return err
		}
		if err := next.number(ctx, tx); err != nil {
			return err
		}
		return did(ctx, tx, "route report anew", string(m.Report), placeDeed(&now.Report, now.Round), next.deed(&now.Report))
	})
}

// holdReportSQL reads a report that nobody else shall change before commit.
const holdReportSQL = reportSQL + ` WHERE id = $1 FOR NO KEY UPDATE`

// anew is one Reassign.
type anew struct {
	geo.Reassignment
	routed []geo.Assignment
}

// settle writes the return, one that waited or a new one.
func (m *anew) settle(ctx context.Context, tx pgx.Tx) error {
	if m.Return == nil {
		return nil
	}
	returned := *m.Return
	returned.Report, returned.DecidedAt = m.Report, orNow(returned.DecidedAt)
	if returned.State != geo.Granted && returned.State != geo.RuledUpon {
		return geo.Errorf(geo.Internal, "a report is routed anew for a return that is %s", returned.State)
	}
	if returned.ID != 0 {
		m.Return = &returned
		return settleReturn(ctx, tx, returned)
	}
	id, err := insertReturn(ctx, tx, returned)
	returned.ID = id
	m.Return = &returned
	return err
}

const correctSQL = `
UPDATE reports SET point = ST_Point($2, $3, 4326), address = $4, standard = $5, kind = $6, category = $7, family = $8, condition = $9,
	asset = $10, accuracy = $11, answers = $12::text::jsonb, level = $13, whistle = $14::text::jsonb, round = $15, lead = $16
WHERE id = $1`

// correct brings the report to the round that begins.
func (m *anew) correct(ctx context.Context, tx pgx.Tx, r geo.Report) error {
	if m.Corrected != nil {
		r = *m.Corrected
	}
	lead, err := leadOf(m.routed)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, correctSQL, m.Report, lonOf(r.Point), latOf(r.Point), r.Address, r.Category.Standard, string(r.Category.Kind),
		r.Category.Code, r.Family, r.Condition, string(r.Asset), r.Accuracy, answersJSON(r.Answers), r.Level, whistleJSON(r.Whistle), m.Round, string(lead))
	if err != nil {
		return err
	}
	_, err = refold(ctx, tx, []geo.ReportID{m.Report}, rounds{m.Report: m.routed})
	return err
}

// number writes what carries numbers: the ruling that of its change, and after it the
// assignments and the return theirs of the feed. Always in this order, so that no two can
// wait for one another.
func (m *anew) number(ctx context.Context, tx pgx.Tx) error {
	if err := m.rule(ctx, tx); err != nil {
		return err
	}
	var last pgx.Batch
	queueFeed(&last, m.routed)
	if err := tx.SendBatch(ctx, &last).Close(); err != nil {
		return err
	}
	if m.Return == nil {
		return nil
	}
	_, err := numberReturn(ctx, tx, m.Return.ID)
	return err
}

// deed is what the audit log tells of it.
func (m *anew) deed(was *geo.Report) map[string]any {
	if m.Corrected != nil {
		was = m.Corrected
	}
	is := placeDeed(was, m.Round)
	is["reason"], is["lead"] = m.Reason, roundDeed(m.routed)["lead"]
	if m.Return != nil {
		is["return"], is["decided"] = m.Return.ID, m.Return.State
	}
	if m.Ruling != nil {
		is["ruling"] = m.Ruling.ID
	}
	return is
}

// placeDeed is what a report is routed by, as the audit log tells it.
func placeDeed(r *geo.Report, round int) map[string]any {
	place := map[string]any{"round": round, "category": r.Category, "asset": r.Asset}
	if r.Point != nil {
		place["point"] = [2]float64{r.Point.Lon(), r.Point.Lat()}
	}
	return place
}

// endAtOnceSQL keeps a ruling for the record alone: it is in no view.
const endAtOnceSQL = `UPDATE rulings SET ended = begun WHERE id = $1`

func (m *anew) rule(ctx context.Context, tx pgx.Tx) error {
	if m.Ruling == nil {
		return nil
	}
	ruling := *m.Ruling
	ruling.Report = m.Report
	change := newChange()
	if err := addRuling(ctx, tx, ruling, change); err != nil {
		return err
	}
	if ruling.Asset == nil && ruling.Ground == nil {
		_, err := tx.Exec(ctx, endAtOnceSQL, ruling.ID)
		return err
	}
	_, err := recordRuling(ctx, tx, change, ruling.Basis)
	return err
}

// readRulings are those made about some reports, the newest last: their ids are ordered by
// time.
func readRulings(ctx context.Context, tx pgx.Tx, reports ...geo.ReportID) ([]geo.Ruling, error) {
	table := rulingTable()
	sql := "SELECT " + strings.Join(table.columns, ", ") + " FROM rulings WHERE report = ANY($1) ORDER BY " + table.order
	return rowsOf(ctx, tx, func(row pgx.CollectableRow) (r geo.Ruling, err error) {
		err = row.Scan(table.scan(&r)...)
		return r, err
	}, sql, reports)
}

const holdRoundSQL = `SELECT round FROM reports WHERE id = $1 FOR NO KEY UPDATE`

// holdRound is the present round of a report, which stays so until commit.
func holdRound(ctx context.Context, tx pgx.Tx, id geo.ReportID) (round int, err error) {
	err = tx.QueryRow(ctx, holdRoundSQL, id).Scan(&round)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, geo.Errorf(geo.NotFound, "there is no report %s", id)
	}
	return round, err
}
