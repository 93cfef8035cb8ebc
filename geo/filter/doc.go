// Package filter reads a small part of CQL2 text, by which clients say what they want of
// areas and assets, and tells which of them that is.
package filter
