// Package cases makes the life of a report out of what the city's case system told about
// it, and says when a returned one may be routed by itself. All of it is pure: the same
// events, in whatever order they came, are the same life.
package cases
