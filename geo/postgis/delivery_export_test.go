package postgis

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// RetryAfter is how long the next attempt waits after the given one failed.
func RetryAfter(attempt int) time.Duration {
	job := &river.Job[deliveryJob]{JobRow: &rivertype.JobRow{Attempt: attempt}}
	return time.Until((&deliverer{}).NextRetry(job))
}

// NewestJobs is the newest version of the queue's tables that the library knows.
func (s *Store) NewestJobs() (int, error) {
	migrator, err := rivermigrate.New(riverpgxv5.New(s.pool), nil)
	if err != nil {
		return 0, err
	}
	all := migrator.AllVersions()
	return all[len(all)-1].Version, nil
}
