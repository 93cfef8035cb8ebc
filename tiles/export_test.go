package tiles

// How much a ledger keeps.
const (
	MaxSteps      = maxSteps
	MaxStepsBytes = maxStepsBytes
)

// Kept is how much a ledger holds.
func (l *Ledger) Kept() (steps, bytes int) {
	p := l.now.Load()
	return len(p.steps), p.bytes
}

// Hold keeps the cache from starting any work until release.
func (c *Cache) Hold() (release func()) {
	for range cap(c.slots) {
		c.slots <- struct{}{}
	}
	return func() {
		for range cap(c.slots) {
			<-c.slots
		}
	}
}

// Weight is what the cache says it holds, in bytes.
func (c *Cache) Weight() int64 {
	c.kept.CleanUp()
	return int64(c.kept.WeightedSize())
}
