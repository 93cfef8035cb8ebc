package filter

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gridwarden/geo"
)

const (
	maxBytes = 8192
	maxDepth = 64 // of NOT and parentheses within each other
)

// Parse reads a filter; a blank text gives nil, which picks all. A text of more than 8,192
// bytes is geo.TooLarge. What is not of the language of this package, or nested deeper than
// 64, is geo.Invalid with a sentence that says at which character, and what was expected.
func Parse(s string) (*Filter, error) {
	switch {
	case len(s) > maxBytes:
		return nil, geo.Errorf(geo.TooLarge, "the filter has %d bytes; %d are the most: ask for less at once", len(s), maxBytes)
	case !utf8.ValidString(s):
		return nil, geo.Errorf(geo.Invalid, "the filter is not UTF-8")
	}
	p := parser{scanner: scanner{s, 1}}
	if err := p.step(); err != nil {
		return nil, err
	}
	if p.now.kind == end {
		return nil, nil
	}
	root, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.now.kind != end {
		return nil, p.refuse(geo.Say("AND, OR or the end"))
	}
	return &Filter{root, p.names}, nil
}

// parser reads by recursive descent, one token ahead.
type parser struct {
	scanner
	now   token
	depth int
	names named
}

func (p *parser) step() (err error) {
	p.now, err = p.next()
	return err
}

// is tells whether a keyword or sign is next.
func (p *parser) is(what string) bool {
	return (p.now.kind == word || p.now.kind == sign) && strings.EqualFold(p.now.text, what)
}

// eat goes past a keyword or sign if it is next.
func (p *parser) eat(what string) (bool, error) {
	if !p.is(what) {
		return false, nil
	}
	return true, p.step()
}

// must goes past a keyword or sign that has to be next.
func (p *parser) must(what string) error {
	found, err := p.eat(what)
	if err == nil && !found {
		return p.refuse(geo.Say("%s", what))
	}
	return err
}

// refuse says what was expected where the parser stands.
func (p *parser) refuse(expected geo.Said) error {
	found := geo.Say("it ends")
	switch p.now.kind {
	case text:
		found = geo.Say("there is the text '%s'", shortened(p.now.text))
	case quoted:
		found = geo.Say(`there is "%s"`, shortened(p.now.text))
	case word, sign:
		found = geo.Say("there is %s", shortened(p.now.text))
	}
	return geo.Errorf(geo.Invalid, "the filter cannot be read at character %d: %s where %s was expected", p.now.at, found, expected)
}

func shortened(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (p *parser) disjunction() (node, error) {
	parts, err := p.joined("OR", p.conjunction)
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	var flat []node
	for _, n := range parts {
		if s, ok := n.(some); ok {
			flat = append(flat, s.parts...)
		} else {
			flat = append(flat, n)
		}
	}
	return some{flat}, nil
}

func (p *parser) conjunction() (node, error) {
	parts, err := p.joined("AND", p.negation)
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	var flat []node
	for _, n := range parts {
		if e, ok := n.(every); ok {
			flat = append(flat, e.parts...)
		} else {
			flat = append(flat, n)
		}
	}
	return every{flat}, nil
}

func first(parts []node) node {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

// joined reads parts with a keyword between them.
func (p *parser) joined(keyword string, part func() (node, error)) ([]node, error) {
	var parts []node
	for {
		n, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
		if more, err := p.eat(keyword); err != nil || !more {
			return parts, err
		}
	}
}

// negation reads a condition, or several in parentheses, with a NOT before it or none.
func (p *parser) negation() (node, error) {
	if !p.is("NOT") && !p.is("(") {
		return p.condition()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, geo.Errorf(geo.Invalid, "the filter cannot be read at character %d: it is nested deeper than %d", p.now.at, maxDepth)
	}
	defer func() { p.depth-- }()
	if inverse, err := p.eat("NOT"); err != nil {
		return nil, err
	} else if inverse {
		n, err := p.negation()
		return inverted(n), err
	}
	if err := p.step(); err != nil {
		return nil, err
	}
	n, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if !p.is(")") {
		return nil, p.refuse(geo.Say("AND, OR or )"))
	}
	return n, p.step()
}

func inverted(n node) node {
	if twice, ok := n.(not); ok {
		return twice.part
	}
	return not{n}
}

// condition reads a property and what is asked of it.
func (p *parser) condition() (node, error) {
	about, err := p.property()
	if err != nil {
		return nil, err
	}
	inverse, err := p.eat("NOT")
	if err != nil {
		return nil, err
	}
	var n node
	switch {
	case p.is("IN"):
		n, err = p.in(about)
	case p.is("LIKE"):
		n, err = p.like(about)
	case inverse:
		return nil, p.refuse(geo.Say("IN or LIKE"))
	case p.is("IS"):
		return p.null(about)
	case p.is("="):
		return p.equal(about)
	case p.is("<>"):
		n, err = p.equal(about)
		inverse = true
	default:
		return nil, p.refuse(geo.Say("=, <>, IN, NOT IN, LIKE, NOT LIKE, IS NULL or IS NOT NULL"))
	}
	if inverse {
		n = not{n}
	}
	return n, err
}

// property reads the name of one.
func (p *parser) property() (property, error) {
	var i int
	switch p.now.kind {
	case word:
		i = slices.Index(properties[:], strings.ToLower(p.now.text))
	case quoted:
		i = slices.Index(properties[:], p.now.text)
	default:
		return 0, p.refuse(geo.Say("a property"))
	}
	if i < 0 {
		return 0, p.refuse(geo.Say("one of the properties %s", strings.Join(properties[:], ", ")))
	}
	p.names |= 1 << i
	return property(i), p.step()
}

// text reads a text.
func (p *parser) text() (string, error) {
	if p.now.kind != text {
		return "", p.refuse(geo.Say("a text in single quotes"))
	}
	s := p.now.text
	return s, p.step()
}

func (p *parser) equal(about property) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	s, err := p.text()
	return in{about, []string{s}}, err
}

func (p *parser) in(about property) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	if err := p.must("("); err != nil {
		return nil, err
	}
	var texts []string
	for {
		s, err := p.text()
		if err != nil {
			return nil, err
		}
		texts = append(texts, s)
		if more, err := p.eat(","); err != nil {
			return nil, err
		} else if more {
			continue
		}
		if !p.is(")") {
			return nil, p.refuse(geo.Say(", or )"))
		}
		slices.Sort(texts)
		return in{about, slices.Compact(texts)}, p.step()
	}
}

func (p *parser) null(about property) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	inverse, err := p.eat("NOT")
	if err != nil {
		return nil, err
	}
	var n node = null{about}
	if inverse {
		n = not{n}
	}
	return n, p.must("NULL")
}

func (p *parser) like(about property) (node, error) {
	if err := p.step(); err != nil {
		return nil, err
	}
	at := p.now.at
	pattern, err := p.text()
	if err != nil {
		return nil, err
	}
	beginning, ok := beginningOf(pattern)
	if !ok {
		return nil, geo.Errorf(geo.Invalid, `the filter cannot be read at character %d: a pattern is 'beginning%%', with its only %% at its end and no _; for a plain %% or _ write \%% or \_`, at)
	}
	return begins{about, beginning}, nil
}

// beginningOf is what a pattern has before its only wildcard, a % at its end.
func beginningOf(pattern string) (beginning string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '%':
			return b.String(), i == len(pattern)-1
		case '_':
			return "", false
		case '\\':
			if i++; i == len(pattern) || !strings.ContainsRune(`%_\`, rune(pattern[i])) {
				return "", false
			}
		}
		b.WriteByte(pattern[i])
	}
	return "", false
}
