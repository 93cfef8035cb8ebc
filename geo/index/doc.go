// Package index is the fast view: everything gridwarden answers from, in memory.
package index
