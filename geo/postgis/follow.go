package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const (
	pollEvery   = 500 * time.Millisecond // when no notice comes
	pollOften   = 150 * time.Millisecond // when none can come
	pollTimeout = 10 * time.Second       // to look for news; a dead connection is given up then
	firstPause  = 100 * time.Millisecond // before connecting again; doubles up to lastPause
	lastPause   = 2 * time.Second
)

// Follow calls apply with everything that changed after from, in order and without
// overlap, at most half a second late, until ctx ends. Changes that came while apply or an
// outage lasted arrive as one. When the database goes away Follow logs that once and
// connects again for ever, and so it does when the server becomes a standby or a primary: the
// address may lead elsewhere now. It returns [ErrHistory], as a [LostError] when it can tell
// what was lost, when the position it has is not, or no longer, in the log; the error of
// apply; or the end of ctx.
func (s *Store) Follow(ctx context.Context, from geo.Position, apply func(*geo.Changes) error) error {
	f := &follower{at: from, apply: apply}
	return (&listener{store: s, channel: channel, to: "the database", look: f.catchUp}).hold(ctx)
}

// listener is a connection that is kept to look for news.
type listener struct {
	store   *Store
	channel string                                 // on which notices come
	to      string                                 // what is followed, for the log
	look    func(context.Context, *pgx.Conn) error // takes what is new; a stopError ends it all
	away    bool                                   // the outage has been told
}

// stopError is an error that ends a listener, unlike those of the connection.
type stopError struct{ error }

// hold looks at once and whenever there may be news, until ctx ends or a look says stop.
func (l *listener) hold(ctx context.Context) error {
	pause := firstPause
	for {
		err := l.connected(ctx)
		var stop *stopError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &stop):
			return stop.error
		}
		if !l.away {
			l.away, pause = true, firstPause
			l.store.log.Warn("following "+l.to+" broke off; connecting again", "error", err)
		}
		if !wait(ctx, pause) {
			return ctx.Err()
		}
		pause = min(2*pause, lastPause)
	}
}

// connected follows over one connection until it breaks.
func (l *listener) connected(ctx context.Context) error {
	connecting, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(connecting, l.store.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	told, err := l.listen(connecting, conn)
	if err != nil {
		return err
	}
	role := roleOf(conn)
	for {
		if err := l.look(ctx, conn); err != nil {
			return err
		}
		if roleOf(conn) != role {
			return errOtherRole
		}
		if l.away {
			l.away = false
			l.store.log.Info("following " + l.to + " again")
		}
		if err := waitForNews(ctx, conn, told); err != nil {
			return err
		}
	}
}

var errOtherRole = errors.New("the server became another: a standby, a primary, or read-only")

// roleOf is what the server said of itself last; it tells by itself when that changes.
func roleOf(conn *pgx.Conn) [2]string {
	c := conn.PgConn()
	return [2]string{c.ParameterStatus("in_hot_standby"), c.ParameterStatus("default_transaction_read_only")}
}

// listen asks for notices and says whether they come. Read replicas refuse that; then
// looking often is all there is.
func (l *listener) listen(ctx context.Context, conn *pgx.Conn) (told bool, err error) {
	if l.store.mute {
		return false, nil
	}
	if _, err = conn.Exec(ctx, "LISTEN "+l.channel); err != nil && conn.IsClosed() {
		return false, err
	}
	return err == nil, nil
}

// waitForNews returns when a notice came or it is time to look.
func waitForNews(ctx context.Context, conn *pgx.Conn, told bool) error {
	if !told {
		wait(ctx, pollOften)
		return ctx.Err()
	}
	waiting, cancel := context.WithTimeout(ctx, pollEvery)
	defer cancel()
	_, err := conn.WaitForNotification(waiting)
	if err != nil && waiting.Err() != nil && !conn.IsClosed() {
		return ctx.Err()
	}
	return err
}

// logSQL looks at the log from the follower's position on: the id it has there, the newest
// number, and how many there are, which tells holes.
const logSQL = `
SELECT (SELECT id FROM changes WHERE sequence = $1), coalesce(max(sequence), 0), count(*) FROM changes WHERE sequence > $1`

// follower is one Follow.
type follower struct {
	at    geo.Position
	trail trail // up to at; empty until the first look
	apply func(*geo.Changes) error
}

// catchUp applies what is new, if anything is.
func (f *follower) catchUp(ctx context.Context, conn *pgx.Conn) error {
	changes, err := f.news(ctx, conn)
	if err != nil || changes == nil {
		return err
	}
	if err := f.apply(changes); err != nil {
		return &stopError{err}
	}
	f.at = changes.To
	return nil
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// news reads what is new from one state of the database; nil when nothing is. Only the
// look is bounded in time: much news may take long to read.
func (f *follower) news(ctx context.Context, conn *pgx.Conn) (*geo.Changes, error) {
	looking, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	if any, err := f.isNews(looking, conn); !any || err != nil {
		return nil, err
	}
	tx, err := conn.BeginTx(looking, view)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // it only read
	if any, err := f.isNews(looking, tx); !any || err != nil {
		return nil, err
	}
	changes, err := readChanges(ctx, tx, f.at)
	if err != nil {
		return nil, err
	}
	return changes, f.trail.extend(ctx, tx, changes.To.Sequence)
}

// isNews looks, in one statement, whether the log goes on from where the follower is.
func (f *follower) isNews(ctx context.Context, db querier) (bool, error) {
	var here *[16]byte
	var newest geo.Sequence
	var newer int64
	if err := db.QueryRow(ctx, logSQL, f.at.Sequence).Scan(&here, &newest, &newer); err != nil {
		return false, err
	}
	switch {
	case f.at.Sequence > 0 && (here == nil || geo.ChangeID(*here) != f.at.Change):
		return false, f.diverged(ctx, db)
	case newer > 0 && int64(newest-f.at.Sequence) != newer:
		return false, &stopError{ErrHistory}
	case len(f.trail) == 0 && f.at.Sequence > 0:
		return newer > 0, f.trail.extend(ctx, db, f.at.Sequence)
	}
	return newer > 0, nil
}

// diverged stops following and tells what was lost.
func (f *follower) diverged(ctx context.Context, db querier) error {
	known := f.trail
	if len(known) == 0 {
		known = trail{f.at}
	}
	err := known.lost(ctx, db)
	if errors.Is(err, ErrHistory) {
		err = &stopError{err}
	}
	return err
}
