package duty

import "strings"

// Pattern is what a cell says of a code: everything, a prefix, or one text.
type Pattern struct {
	Text   string
	Prefix bool // Text is the beginning
}

// ParsePattern reads a code, a prefix such as 330103*, or nothing, which is any.
func ParsePattern(cell string) Pattern {
	if before, found := strings.CutSuffix(cell, "*"); found {
		return Pattern{before, true}
	}
	return Pattern{Text: cell, Prefix: cell == ""}
}

// Any tells whether it matches every code.
func (p Pattern) Any() bool { return p.Prefix && p.Text == "" }

// Matches tells whether a code fits.
func (p Pattern) Matches(code string) bool {
	if p.Prefix {
		return strings.HasPrefix(code, p.Text)
	}
	return code == p.Text
}
