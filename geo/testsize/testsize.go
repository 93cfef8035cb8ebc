// Package testsize gives the one constant that separates the short run of the tests from
// the long one: the same tests, with more points, edits and rounds.
package testsize

import "os"

// Long tells whether the long sizes were asked for (GRIDWARDEN_TEST_LONG=1).
func Long() bool { return os.Getenv("GRIDWARDEN_TEST_LONG") == "1" }

// N is the size of a random test: short in `make test`, long in `make test-long`.
func N(short, long int) int {
	if Long() {
		return long
	}
	return short
}
