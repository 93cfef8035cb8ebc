package postgis

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"gridwarden/geo"
)

// DeliverySettings say how hard deliveries are tried.
type DeliverySettings struct {
	Attempts int           // after so many a delivery is a dead letter; 24 are a day
	Timeout  time.Duration // for one attempt
}

// Limits and times of the queue.
const (
	inFlight      = 16              // attempts at a time for each webhook
	firstWait     = 2 * time.Second // after the first failure, then twice as long each time
	longestWait   = 2 * time.Hour
	margin        = 5 * time.Second     // for the work around an attempt
	keepDelivered = 24 * time.Hour      // in the queue's table
	keepDead      = 30 * 24 * time.Hour // to be seen and sent again
	newWebhooks   = 2 * time.Second     // how often the list of webhooks is read
	fetchEvery    = 20 * time.Millisecond
)

// Deliver sends what waits in the queue, for ever, by means of send: an error of send is a
// failed attempt, tried again later and later. Each delivery is sent at least once; after
// a crash, or when an answer is lost, again. Several processes may deliver at once. It
// returns when ctx ends, after the attempts under way; while the database is away it says
// so once and tries on.
func (s *Store) Deliver(ctx context.Context, set DeliverySettings, send func(context.Context, *geo.Delivery) error) {
	worker := &deliverer{store: s, settings: set, send: send}
	said := false
	for ctx.Err() == nil {
		webhooks, err := s.Webhooks(ctx)
		if err == nil && len(webhooks) > 0 {
			err = worker.work(ctx, webhooks)
		}
		if err != nil && !said && ctx.Err() == nil {
			s.log.Warn("deliveries wait until the database answers", "error", err)
		}
		said = err != nil
		wait(ctx, newWebhooks)
	}
}

// deliverer works the jobs of the outbox.
type deliverer struct {
	river.WorkerDefaults[deliveryJob]
	store    *Store
	settings DeliverySettings
	send     func(context.Context, *geo.Delivery) error
}

// work runs the queues of the webhooks until there are others, or ctx ends.
func (d *deliverer) work(ctx context.Context, webhooks []geo.Webhook) error {
	client, err := d.client(webhooks)
	if err != nil {
		return err
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return fault(err, "starting deliveries")
	}
	for wait(ctx, newWebhooks) {
		now, err := d.store.Webhooks(ctx)
		if err == nil && !slices.Equal(now, webhooks) {
			break
		}
	}
	return client.Stop(context.WithoutCancel(ctx)) // in bounded time, see SoftStopTimeout
}

// client works the jobs, in a queue of its own for each webhook: a receiver that is slow or
// away holds up no other.
func (d *deliverer) client(webhooks []geo.Webhook) (*river.Client[pgx.Tx], error) {
	queues, workers := map[string]river.QueueConfig{}, river.NewWorkers()
	for _, w := range webhooks {
		queues[queueOf(w.ID)] = river.QueueConfig{MaxWorkers: inFlight}
	}
	river.AddWorker(workers, d)
	jobTimeout := d.settings.Timeout + margin
	return river.NewClient(riverpgxv5.New(d.store.pool), &river.Config{
		Queues: queues, Workers: workers, PollOnly: d.store.mute,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        jobTimeout + margin, // of a process that was killed
		SoftStopTimeout:             margin,              // then what is under way is cut off and waits for the next
		FetchCooldown:               fetchEvery,
		CompletedJobRetentionPeriod: keepDelivered,
		CancelledJobRetentionPeriod: keepDead,
		DiscardedJobRetentionPeriod: keepDead,
		Logger:                      dampen(d.store.log),
	})
}

// Work makes one attempt. Giving up is a cancelled job: the number of attempts is a
// setting of the sender, so that a change of it reaches what waits already.
func (d *deliverer) Work(ctx context.Context, job *river.Job[deliveryJob]) error {
	delivery, err := d.store.delivery(ctx, job.Args)
	if err == nil {
		err = d.send(ctx, &delivery)
	}
	gone := geo.KindOf(err) == geo.NotFound
	if err == nil || !gone && job.Attempt < d.settings.Attempts {
		return err
	}
	d.store.log.Warn("a delivery is given up; it is a dead letter now", "webhook", job.Args.Webhook, "report", job.Args.Report, "round", job.Args.Round, "attempts", job.Attempt, "error", err)
	return river.JobCancel(err)
}

// NextRetry is twice as long after each failure, up to two hours, give or take a quarter,
// so that what failed together does not come back together.
func (d *deliverer) NextRetry(job *river.Job[deliveryJob]) time.Time {
	delay := longestWait
	if doublings := max(job.Attempt, 1) - 1; doublings < 16 {
		delay = min(firstWait<<doublings, longestWait)
	}
	return time.Now().Add(delay*3/4 + rand.N(delay/2))
}

const roundSQL = assignmentSQL + ` WHERE report = $1 AND round = $2 AND role = 'lead' UNION ALL ` +
	assignmentSQL + ` WHERE report = $1 AND round = $2 AND role <> 'lead' ORDER BY feed`

// delivery is what a job asks to be sent. NotFound when the webhook has ended meanwhile.
func (s *Store) delivery(ctx context.Context, job deliveryJob) (geo.Delivery, error) {
	webhook, err := s.webhook(ctx, job.Webhook)
	if err != nil {
		return geo.Delivery{}, err
	}
	rows, err := s.pool.Query(ctx, roundSQL, job.Report, job.Round)
	if err != nil {
		return geo.Delivery{}, fault(err, "reading what to deliver")
	}
	assignments, err := pgx.CollectRows(rows, scanAssignment)
	if err == nil && len(assignments) == 0 {
		return geo.Delivery{}, geo.Errorf(geo.NotFound, "the report %s has no round %d", job.Report, job.Round)
	}
	return geo.Delivery{Webhook: webhook, Report: job.Report, Round: job.Round, Assignments: assignments}, fault(err, "reading what to deliver")
}

// letterOf is a job that was given up, as it is told.
func letterOf(job *rivertype.JobRow) (geo.DeadLetter, error) {
	var args deliveryJob
	if err := json.Unmarshal(job.EncodedArgs, &args); err != nil {
		return geo.DeadLetter{}, err
	}
	letter := geo.DeadLetter{ID: job.ID, Report: args.Report, Round: args.Round, Attempts: job.Attempt}
	if job.FinalizedAt != nil {
		letter.At = job.FinalizedAt.UTC()
	}
	if n := len(job.Errors); n > 0 {
		letter.Reason = strings.TrimPrefix(job.Errors[n-1].Error, "JobCancelError: ")
	}
	return letter, nil
}

// wait waits and tells whether ctx is still alive.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
