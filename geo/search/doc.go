// Package search finds what a person means by a few letters, a code or a coordinate: areas,
// departments, categories, assets and places, in one view. It is pure and keeps nothing: a
// city is looked through in a few milliseconds.
package search
