package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const didSQL = `
INSERT INTO audit_log (actor, key, origin, action, subject, before, after) VALUES ($1, $2, $3, $4, $5, $6::text::json, $7::text::json)`

// did puts into the audit log what the actor of ctx does in this transaction: its last
// statement, after record and appendFeed, because the log's head is locked from here to
// commit. before and after are what JSON makes of them, nil for nothing; they are small,
// and never repeat what a person wrote or is called.
func did(ctx context.Context, tx pgx.Tx, action, subject string, before, after any) error {
	var last pgx.Batch
	if err := queueDeed(ctx, &last, action, subject, before, after); err != nil {
		return err
	}
	return tx.SendBatch(ctx, &last).Close()
}

// queueDeed is did for who sends its last statements in one round trip.
func queueDeed(ctx context.Context, last *pgx.Batch, action, subject string, before, after any) error {
	was, err := textOf(before)
	if err != nil {
		return err
	}
	is, err := textOf(after)
	if err != nil {
		return err
	}
	actor := geo.ActorOf(ctx)
	last.Queue(didSQL, actor.Name, actor.Key, actor.From, action, subject, was, is)
	return nil
}

// textOf is a value as JSON, nil for none.
func textOf(value any) (*string, error) {
	if value == nil {
		return nil, nil
	}
	b, err := json.Marshal(value)
	text := string(b)
	return &text, err
}

// Did puts into the audit log what the actor of ctx did without writing to the database,
// such as a bulk export.
func (s *Store) Did(ctx context.Context, action, subject string, after any) error {
	return s.write(ctx, "writing the audit log", false, func(tx pgx.Tx) error {
		return did(ctx, tx, action, subject, nil, after)
	})
}

const deedSQL = `
SELECT number, at, actor, key, origin, action, subject, before, after, previous, hash FROM audit_log`

func scanDeed(row pgx.CollectableRow) (d geo.Deed, err error) {
	var before, after, previous, hash []byte
	err = row.Scan(&d.Number, &d.At, &d.Actor, &d.Key, &d.From, &d.Action, &d.Subject, &before, &after, &previous, &hash)
	d.At, d.Before, d.After = d.At.UTC(), before, after
	copy(d.Previous[:], previous)
	copy(d.Hash[:], hash)
	return d, err
}

// Deeds are the lines of the audit log after a number, in order, at most limit.
func (s *Store) Deeds(ctx context.Context, after int64, limit int) (deeds []geo.Deed, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, deedSQL+" WHERE number > $1 ORDER BY number LIMIT $2", after, limit)
	if err == nil {
		deeds, err = pgx.CollectRows(rows, scanDeed)
	}
	return deeds, fault(err, "reading the audit log")
}

// EachDeed calls each with every line of the audit log in order, and gives what the log
// holds its newest line to be: its number and hash, both zero before the first. It ends with
// each's error.
func (s *Store) EachDeed(ctx context.Context, each func(geo.Deed) error) (head geo.Deed, err error) {
	err = s.read(ctx, "reading the audit log", func(tx pgx.Tx) error {
		var hash []byte
		if err := tx.QueryRow(ctx, "SELECT number, hash FROM audit_head").Scan(&head.Number, &hash); err != nil {
			return err
		}
		copy(head.Hash[:], hash)
		rows, err := tx.Query(ctx, deedSQL+" ORDER BY number")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			d, err := scanDeed(rows)
			if err != nil {
				return err
			}
			if err := each(d); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	return head, err
}
