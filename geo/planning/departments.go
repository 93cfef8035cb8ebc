package planning

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gridwarden/geo"
)

// Matcher finds departments by the way people write them: code, name or alias. Space
// around and between characters, case and full-width forms do not count. A name that two
// departments share names neither. It remembers what matched nothing.
type Matcher struct {
	tables    [4]map[string]geo.DepartmentCode // answers, codes, names, aliases: the first that knows decides
	names     []named
	unmatched map[string]int
}

type named struct {
	text string
	code geo.DepartmentCode
}

// Unmatched is a text that named no department, how often it came, and the nearest name.
type Unmatched struct {
	Text    string
	Count   int
	Nearest string
	Code    geo.DepartmentCode // of the nearest
}

// ambiguous stands where two departments are written the same way.
const ambiguous geo.DepartmentCode = "\x00"

// NewMatcher matches against departments, and before them against answers: texts given a
// code by hand, or an empty code for "nobody".
func NewMatcher(departments []geo.Department, answers map[string]geo.DepartmentCode) *Matcher {
	m := &Matcher{unmatched: map[string]int{}}
	for i := range m.tables {
		m.tables[i] = map[string]geo.DepartmentCode{}
	}
	for text, code := range answers {
		m.tables[0][folded(text)] = code
	}
	for _, d := range departments {
		m.put(1, string(d.Code), d.Code)
		m.put(2, d.Name, d.Code)
		m.names = append(m.names, named{d.Name, d.Code})
		for _, alias := range d.Aliases {
			m.put(3, alias, d.Code)
			m.names = append(m.names, named{alias, d.Code})
		}
	}
	return m
}

func (m *Matcher) put(table int, text string, code geo.DepartmentCode) {
	key := folded(text)
	if other, taken := m.tables[table][key]; taken && other != code {
		code = ambiguous
	}
	m.tables[table][key] = code
}

// folded is a text without space, in small letters and half-width forms of ASCII.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == '\u3000':
			return -1
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}

// Code is the department a text names. An empty text names nobody and is fine; a text
// that matches nothing is counted and told false.
func (m *Matcher) Code(text string) (geo.DepartmentCode, bool) {
	key := folded(text)
	if key == "" {
		return "", true
	}
	for _, table := range m.tables {
		if code, known := table[key]; known && code != ambiguous {
			return code, true
		} else if known {
			break
		}
	}
	m.unmatched[strings.TrimSpace(text)]++
	return "", false
}

// Unmatched lists what matched nothing, most frequent first.
func (m *Matcher) Unmatched() []Unmatched {
	list := make([]Unmatched, 0, len(m.unmatched))
	for text, count := range m.unmatched {
		u := Unmatched{Text: text, Count: count}
		if n, ok := m.nearest(text); ok {
			u.Nearest, u.Code = n.text, n.code
		}
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b Unmatched) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	return list
}

// nearest is the name with the smallest edit distance in characters; none when every name
// would have to be rewritten whole.
func (m *Matcher) nearest(text string) (best named, found bool) {
	wanted := []rune(folded(text))
	least := len(wanted)
	for _, n := range m.names {
		have := []rune(folded(n.text))
		if d := editDistance(wanted, have); d < least && d < max(len(have), len(wanted)) {
			best, least, found = n, d, true
		}
	}
	return best, found
}

// editDistance is Levenshtein's: the fewest characters put in, left out or changed.
func editDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, ca := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, cb := range b {
			cost := diagonal
			if ca != cb {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

func (u Unmatched) sentence(others int) string {
	s := fmt.Sprintf("no department has the code, name or alias %q (%d times)", u.Text, u.Count)
	if u.Nearest != "" {
		s += fmt.Sprintf("; the nearest is %s (%s)", u.Nearest, u.Code)
	}
	if others > 0 {
		s += fmt.Sprintf(", and %d more match nothing", others)
	}
	return s
}
