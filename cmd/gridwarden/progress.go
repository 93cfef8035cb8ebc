package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// tick is how often work that is not on a terminal says it is still going.
const tick = 5 * time.Second

// progress shows that long work goes on, on the error stream: a spinner on a terminal, a
// line every few seconds elsewhere. The returned function ends it.
func (c *call) progress(what string) (done func()) {
	p := c.counter(what, "")
	return p.done
}

// counter shows progress with a count.
func (c *call) counter(what, unit string) *progress { return c.counterOf(what, unit, -1) }

// counterOf shows progress with a count that goes up to a total; -1 is one nobody knows.
func (c *call) counterOf(what, unit string, total int64) *progress {
	p := &progress{what: what, unit: unit, total: total, started: time.Now(), stop: make(chan struct{}), finished: make(chan struct{})}
	if f, ok := c.err.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit),
			progressbar.OptionSpinnerType(14), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	}
	go p.run(c)
	return p
}

// progress counts one piece of long work.
type progress struct {
	what, unit     string
	total          int64
	started        time.Time
	n              atomic.Int64
	bytes          atomic.Int64 // written by now, where that is told too
	bar            *progressbar.ProgressBar
	stop, finished chan struct{}
}

// add counts n more.
func (p *progress) add(n int64) { p.n.Add(n) }

func (p *progress) run(c *call) {
	defer close(p.finished)
	every := tick
	if p.bar != nil {
		every = 100 * time.Millisecond
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
		}
		n := p.n.Load()
		switch {
		case p.bar != nil:
			p.bar.Describe(p.what + p.size())
			_ = p.bar.Set64(n)
		case n > 0:
			fmt.Fprintf(c.err, "%s: %s %s%s after %s\n", p.what, p.count(n), p.unit, p.size(), time.Since(p.started).Round(time.Second))
		default:
			fmt.Fprintf(c.err, "%s: %s\n", p.what, time.Since(p.started).Round(time.Second))
		}
	}
}

// count is how far it is.
func (p *progress) count(n int64) string {
	if p.total < 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d of %d", n, p.total)
}

// size is what is written by now, where that is told.
func (p *progress) size() string {
	if b := p.bytes.Load(); b > 0 {
		return ", " + megabytes(b)
	}
	return ""
}

func (p *progress) done() {
	close(p.stop)
	<-p.finished
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
