package postgis

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"gridwarden/geo"
)

// deliveryJob asks that one webhook be told one round of a report. It names what is told
// and does not hold it: the assignments are read when it is worked, by then with their
// place in the feed.
type deliveryJob struct {
	Webhook geo.WebhookID `json:"webhook"`
	Report  geo.ReportID  `json:"report"`
	Round   int           `json:"round"`
}

// Kind names the job in the queue's table, for ever.
func (deliveryJob) Kind() string { return "delivery" }

// queueOf names the queue of a webhook.
func queueOf(id geo.WebhookID) string { return "webhook_" + string(id) }

// noLimit is the queue's own bound of attempts. The one that counts is a setting of the
// sender (see deliverer.Work).
const noLimit = 1 << 14

// newOutbox is the side of the queue that only takes jobs in.
func newOutbox(pool *pgxpool.Pool, log *slog.Logger) (*river.Client[pgx.Tx], error) {
	outbox, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Logger: log, MaxAttempts: noLimit})
	if err != nil {
		return nil, fmt.Errorf("preparing the outbox: %w", err)
	}
	return outbox, nil
}

// The lock keeps a webhook from being made between this reading and the commit of the
// report (see CreateWebhook): whatever commits after a webhook was made is sent to it. It
// is shared, so that reports do not wait for one another.
const (
	shareWebhooksSQL = `LOCK TABLE webhooks IN ROW SHARE MODE`
	toldSQL          = `
SELECT w.id FROM webhooks w, reports r WHERE w.ended_at IS NULL AND r.id = $1 AND NOT r.backfilled ORDER BY w.id`
)

// enqueue puts the jobs that tell every webhook of one round of a report into the
// transaction that stores the round: both are there after the commit, or neither. Without
// webhooks there is no job, nor for a back-filled report, whatever its round. Call it when
// the report is written, and before the transaction takes its feed numbers, whose lock is
// then held for less.
func (s *Store) enqueue(ctx context.Context, tx pgx.Tx, report geo.ReportID, round int) error {
	webhooks, err := told(ctx, tx, report)
	if err != nil || len(webhooks) == 0 {
		return fault(err, "asking for the webhooks")
	}
	jobs := make([]river.InsertManyParams, len(webhooks))
	for i, webhook := range webhooks {
		jobs[i] = river.InsertManyParams{
			Args:       deliveryJob{webhook, report, round},
			InsertOpts: &river.InsertOpts{Queue: queueOf(webhook)},
		}
	}
	_, err = s.outbox.InsertManyFastTx(ctx, tx, jobs)
	return fault(err, "keeping the deliveries")
}

// told are the webhooks that are told of a report, as they stay until the transaction
// ends, in one round trip.
func told(ctx context.Context, tx pgx.Tx, report geo.ReportID) (webhooks []geo.WebhookID, err error) {
	batch := &pgx.Batch{}
	batch.Queue(shareWebhooksSQL)
	batch.Queue(toldSQL, report).Query(func(rows pgx.Rows) error {
		webhooks, err = pgx.CollectRows(rows, pgx.RowTo[geo.WebhookID])
		return err
	})
	err = tx.SendBatch(ctx, batch).Close()
	return webhooks, err
}
