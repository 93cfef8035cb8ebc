package main

import (
	"fmt"
	"syscall"

	"github.com/jackc/pgx/v5"
)

const sigTellView = syscall.SIGUSR1

// event is something that happens to servers or the database until it is undone.
type event struct {
	name   string
	happen func() (undo func())
}

func (c *chaos) events() []event {
	return []event{
		{"a server is killed", c.killServer},
		{"both servers are killed", c.killServers},
		{"PostgreSQL is killed", c.killDatabase},
		{"everything is killed", c.killAll},
		{"sessions are ended", c.endSessions},
		{"idle sessions are frozen", c.freezeSessions},
		{"a transaction is held open", c.holdOpen},
		{"the counter is held and given back", c.holdCounter},
		{"the log is pruned under a server", c.pruneUnder},
		{"the log is pruned", func() func() { c.prune(); return func() {} }},
		{"the clock steps", c.stepClock},
	}
}

func (c *chaos) any() *victim { return c.servers[c.rand.IntN(len(c.servers))] }

func (v *victim) signal(s syscall.Signal) {
	v.Helper()
	if err := v.cmd.Process.Signal(s); err != nil {
		v.Fatal(err)
	}
}

func (c *chaos) killServer() (undo func()) {
	v := c.any()
	v.kill()
	return v.launch
}

func (c *chaos) killServers() (undo func()) {
	for _, v := range c.servers {
		v.kill()
	}
	return func() {
		for _, v := range c.servers {
			v.launch()
		}
	}
}

// killDatabase goes round a lost answer: the kill may find the database mid-commit.
func (c *chaos) killDatabase() (undo func()) {
	c.db.kill()
	return c.db.start
}

func (c *chaos) killAll() (undo func()) {
	database, servers := c.killDatabase(), c.killServers()
	if c.rand.IntN(2) == 0 { // servers that start while the database is away
		return func() { servers(); database() }
	}
	return func() { database(); servers() }
}

// endSessions ends about half of them, whatever they are doing.
func (c *chaos) endSessions() (undo func()) {
	c.exec("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gridwarden' AND random() < 0.5")
	return func() {}
}

// freezeSessions stops the idle ones, those that LISTEN among them: their connections
// stand and say nothing more.
func (c *chaos) freezeSessions() (undo func()) {
	conn := c.connect()
	defer conn.Close(c.Context())
	rows, err := conn.Query(c.Context(), "SELECT pid FROM pg_stat_activity WHERE application_name = 'gridwarden' AND state = 'idle'")
	if err == nil {
		c.frozen, err = pgx.CollectRows(rows, pgx.RowTo[int])
	}
	if err != nil {
		c.Fatal(err)
	}
	for _, pid := range c.frozen {
		_ = syscall.Kill(pid, syscall.SIGSTOP) // it may have ended
	}
	return c.thaw
}

func (c *chaos) thaw() {
	for _, pid := range c.frozen {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	c.frozen = nil
}

// holdOpen writes two assets in a transaction of another program that stays open while
// others commit, and ends as a change must end.
func (c *chaos) holdOpen() (undo func()) {
	conn := c.connect()
	n := c.town.next("held")
	tx, err := conn.Begin(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	var change [16]byte
	err = tx.QueryRow(c.Context(), "SELECT gen_random_uuid()").Scan(&change)
	if err == nil {
		_, err = tx.Exec(c.Context(), "UPDATE assets SET ended = $1 WHERE name = 'held' AND ended IS NULL", change)
	}
	if err == nil {
		_, err = tx.Exec(c.Context(), `
INSERT INTO assets (standard, id, kind, category, name, state, point, content, begun)
SELECT 'GB/T 47678.5-2026', 'held-' || i, 'component', '01001', 'held', $2, ST_Point(120.004, 30.004, 4326), sha256($3), $1
FROM generate_series(1, 2) AS i`, change, stamp("held", n), []byte(stamp("held", n)))
	}
	if err != nil {
		c.Fatal(err)
	}
	return func() {
		defer conn.Close(c.Context())
		_, err := tx.Exec(c.Context(), `
WITH counted AS (UPDATE state SET sequence = sequence + 1 RETURNING sequence)
INSERT INTO changes (sequence, id, kind) SELECT sequence, $1, 'assets' FROM counted`, change)
		if err == nil {
			err = tx.Commit(c.Context())
		}
		if err != nil {
			c.Fatal(err)
		}
		c.town.acknowledged("held", n)
	}
}

// holdCounter makes all writers wait for a number that is then given back.
func (c *chaos) holdCounter() (undo func()) {
	conn := c.connect()
	tx, err := conn.Begin(c.Context())
	if err == nil {
		_, err = tx.Exec(c.Context(), "UPDATE state SET sequence = sequence + 1")
	}
	if err != nil {
		c.Fatal(err)
	}
	return func() { conn.Close(c.Context()) }
}

// pruneUnder stops a server, lets the others go on, and takes away what it has not read.
// What it makes of that is looked at before anything more is written, which might mend it.
func (c *chaos) pruneUnder() (undo func()) {
	v, end := c.any(), c.town.still() // in the middle of a write it would hold up all others
	v.signal(syscall.SIGSTOP)
	end()
	var before, now int64
	c.db.ask("SELECT sequence FROM state", &before)
	v.eventually("changes come while a server stands still", func() bool {
		c.db.ask("SELECT sequence FROM state", &now)
		return now >= before+5
	})
	return func() {
		defer c.town.still()()
		c.prune()
		v.signal(syscall.SIGCONT)
		c.compare("the log was pruned under a server")
	}
}

// prune takes from the log what makes no edition, but the newest.
func (c *chaos) prune() {
	c.exec("DELETE FROM changes WHERE sequence < (SELECT sequence FROM state) AND id NOT IN (SELECT change FROM editions)")
}

// clockSQL has the database write times of a clock that [chaos.stepClock] sets.
const clockSQL = `
CREATE FUNCTION wrong() RETURNS interval LANGUAGE sql AS $$SELECT interval '0'$$;
CREATE FUNCTION wrong_change() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.at := NEW.at + wrong(); RETURN NEW; END$$;
CREATE FUNCTION wrong_edition() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
	NEW.published_at := NEW.published_at + wrong();
	NEW.effective_from := NEW.effective_from + wrong();
	RETURN NEW;
END$$;
CREATE TRIGGER wrong BEFORE INSERT ON changes FOR EACH ROW EXECUTE FUNCTION wrong_change();
CREATE TRIGGER wrong BEFORE INSERT ON editions FOR EACH ROW EXECUTE FUNCTION wrong_edition();`

// stepClock sets the clock of the database up to a day forward or back. The servers' own
// clock is not set: nothing that follows asks it, only what tells of lag.
func (c *chaos) stepClock() (undo func()) {
	c.exec(fmt.Sprintf("CREATE OR REPLACE FUNCTION wrong() RETURNS interval LANGUAGE sql AS $$SELECT interval '%d seconds'$$", c.rand.IntN(2*86400)-86400))
	return func() {}
}

func (c *chaos) connect() *pgx.Conn {
	c.Helper()
	conn, err := pgx.Connect(c.Context(), c.db.url)
	if err != nil {
		c.Fatal(err)
	}
	return conn
}
