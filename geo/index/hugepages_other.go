//go:build !linux

package index

// hugePages does nothing where there is no way to ask.
func hugePages([]uint32) {}
