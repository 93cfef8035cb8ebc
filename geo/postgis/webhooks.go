package postgis

import (
	"context"
	"errors"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"gridwarden/geo"
)

// The lock waits for the reports that are being stored and holds up others for a moment:
// each of them either is in the feed already or sees the webhook (see enqueue).
const (
	lockWebhooksSQL  = `SET LOCAL lock_timeout = '5s'; LOCK TABLE webhooks IN EXCLUSIVE MODE`
	createWebhookSQL = `
INSERT INTO webhooks (id, url, secret, after) SELECT $1, $2, $3, head FROM feed RETURNING created_at, after`
)

// CreateWebhook keeps a new webhook and tells from where in the feed on it is told
// everything. One more at the same address is a Conflict.
func (s *Store) CreateWebhook(ctx context.Context, w geo.Webhook) (geo.Webhook, error) {
	err := s.write(ctx, "keeping a webhook", false, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockWebhooksSQL); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, createWebhookSQL, w.ID, w.URL, w.Secret).Scan(&w.CreatedAt, &w.After); err != nil {
			return err
		}
		return did(ctx, tx, "add webhook", string(w.ID), nil, map[string]any{"host": hostOf(w.URL), "after": w.After})
	})
	if violates(err, "webhooks_one_open") {
		return geo.Webhook{}, geo.Errorf(geo.Conflict, "there is a webhook at this address already; end it first to get another secret")
	}
	return w, err
}

// hostOf is where an address leads, without what in it may be secret.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Host
	}
	return ""
}

const webhooksSQL = `SELECT id, url, secret, created_at, after FROM webhooks WHERE ended_at IS NULL`

// Webhooks are all that have not ended, the oldest first.
func (s *Store) Webhooks(ctx context.Context) ([]geo.Webhook, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, webhooksSQL+" ORDER BY created_at, id")
	if err != nil {
		return nil, fault(err, "listing the webhooks")
	}
	webhooks, err := pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Webhook])
	return webhooks, fault(err, "listing the webhooks")
}

// webhook is one that has not ended; NotFound otherwise.
func (s *Store) webhook(ctx context.Context, id geo.WebhookID) (geo.Webhook, error) {
	rows, err := s.pool.Query(ctx, webhooksSQL+" AND id = $1", id)
	if err != nil {
		return geo.Webhook{}, fault(err, "reading a webhook")
	}
	w, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[geo.Webhook])
	if errors.Is(err, pgx.ErrNoRows) {
		return geo.Webhook{}, geo.Errorf(geo.NotFound, "there is no webhook %s", id)
	}
	return w, fault(err, "reading a webhook")
}

const endWebhookSQL = `UPDATE webhooks SET ended_at = now() WHERE id = $1 AND ended_at IS NULL`

// jobsAtOnce bounds what one statement does to the jobs of a webhook.
const jobsAtOnce = 1000

// EndWebhook ends a webhook for good: nothing more is sent to it, and what waited for it is
// deleted, dead letters too. The feed still holds everything. NotFound when there is none,
// or it has ended; should the deleting have broken off then, it goes on.
func (s *Store) EndWebhook(ctx context.Context, id geo.WebhookID) error {
	var ended int64
	err := s.write(ctx, "ending a webhook", false, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockWebhooksSQL); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, endWebhookSQL, id)
		if ended = tag.RowsAffected(); err != nil || ended == 0 {
			return err
		}
		return did(ctx, tx, "end webhook", string(id), nil, nil)
	})
	if err == nil {
		err = s.deleteJobs(ctx, id)
	}
	if err == nil && ended == 0 {
		return geo.Errorf(geo.NotFound, "there is no webhook %s", id)
	}
	return err
}

// deleteJobs deletes what waits for a webhook that has ended. There may be very much of it,
// so it is done when the lock, which holds up reports, was given back.
func (s *Store) deleteJobs(ctx context.Context, id geo.WebhookID) error {
	all := river.NewJobDeleteManyParams().Queues(queueOf(id)).First(jobsAtOnce)
	for {
		deleted, err := s.outbox.JobDeleteMany(ctx, all)
		if err != nil || len(deleted.Jobs) < jobsAtOnce {
			return fault(err, "deleting deliveries")
		}
	}
}

// DeadLetters are the deliveries to a webhook that were given up, after the one with a
// number, in order, at most limit.
func (s *Store) DeadLetters(ctx context.Context, id geo.WebhookID, after int64, limit int) ([]geo.DeadLetter, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if _, err := s.webhook(ctx, id); err != nil {
		return nil, err
	}
	dead, err := s.outbox.JobList(ctx, deadOf(id).Where("id > @after", river.NamedArgs{"after": after}).First(limit))
	if err != nil {
		return nil, fault(err, "listing dead letters")
	}
	letters := make([]geo.DeadLetter, len(dead.Jobs))
	for i, job := range dead.Jobs {
		if letters[i], err = letterOf(job); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// deadOf are the jobs of a webhook that were given up.
func deadOf(id geo.WebhookID) *river.JobListParams {
	return river.NewJobListParams().Queues(queueOf(id)).States(rivertype.JobStateCancelled, rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByID, river.SortOrderAsc)
}

// Resend puts a dead letter back into the queue, for one more attempt. NotFound when the
// webhook has none of that number, or no longer.
func (s *Store) Resend(ctx context.Context, id geo.WebhookID, letter int64) error {
	resent, err := s.resend(ctx, id, deadOf(id).IDs(letter))
	if err == nil && resent == 0 {
		return geo.Errorf(geo.NotFound, "the webhook %s has no dead letter %d", id, letter)
	}
	return err
}

// ResendAll is [Store.Resend] for the oldest thousand dead letters of a webhook, and tells
// how many they were: none once all are sent again.
func (s *Store) ResendAll(ctx context.Context, id geo.WebhookID) (resent int, err error) {
	if _, err := s.webhook(ctx, id); err != nil {
		return 0, err
	}
	return s.resend(ctx, id, deadOf(id).First(jobsAtOnce))
}

func (s *Store) resend(ctx context.Context, id geo.WebhookID, which *river.JobListParams) (resent int, err error) {
	err = s.write(ctx, "sending dead letters again", false, func(tx pgx.Tx) error {
		dead, err := s.outbox.JobListTx(ctx, tx, which)
		if err != nil {
			return err
		}
		for _, job := range dead.Jobs {
			if _, err := s.outbox.JobRetryTx(ctx, tx, job.ID); err != nil {
				return err
			}
		}
		if resent = len(dead.Jobs); resent == 0 {
			return nil
		}
		return did(ctx, tx, "resend dead letters", string(id), nil, map[string]any{"letters": resent})
	})
	return resent, err
}
