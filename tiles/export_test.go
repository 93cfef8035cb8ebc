package tiles

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
