package filter

import (
	"slices"
	"strings"
)

// verdict is a value of three-valued logic; the greater is the truer, so that AND is the
// least of several and OR the greatest.
type verdict int8

const (
	no verdict = iota - 1
	neither
	yes
)

// truth is what a condition can come out as while not everything is known. Where all is
// known least and most are the same.
type truth struct{ least, most verdict }

var open = truth{no, yes}

func known(v verdict) truth { return truth{v, v} }

func verdictOf(b bool) verdict {
	if b {
		return yes
	}
	return no
}

// node is a condition, or several joined. There is one tree for each meaning as written:
// <>, NOT IN and NOT LIKE are a not, = is an in of one value, what is said not twice is said,
// and an every or some has at least two parts, none of its own kind.
type node interface {
	truth(facts) truth
	print(*strings.Builder)
}

type (
	in struct { // one of the texts, which are sorted, each once
		property
		texts []string
	}
	begins struct { // with the text
		property
		text string
	}
	null  struct{ property }
	not   struct{ part node }
	every struct{ parts []node }
	some  struct{ parts []node }
)

func (n in) truth(f facts) truth {
	return compare(f, n.property, func(v string) bool {
		_, found := slices.BinarySearch(n.texts, v)
		return found
	})
}

func (n begins) truth(f facts) truth {
	return compare(f, n.property, func(v string) bool { return strings.HasPrefix(v, n.text) })
}

// compare is yes where one of the values that are there is as asked, neither where none is
// there.
func compare(f facts, p property, asked func(string) bool) truth {
	values, ok := f.of(p)
	if !ok {
		return open
	}
	result := neither
	for _, v := range values {
		if v != "" {
			result = max(no, verdictOf(asked(v)))
			if result == yes {
				break
			}
		}
	}
	return known(result)
}

func (n null) truth(f facts) truth {
	values, ok := f.of(n.property)
	if !ok {
		return open
	}
	return known(verdictOf(values == texts{}))
}

func (n not) truth(f facts) truth {
	t := n.part.truth(f)
	return truth{-t.most, -t.least}
}

func (n every) truth(f facts) truth {
	t := known(yes)
	for _, part := range n.parts {
		p := part.truth(f)
		if t = (truth{min(t.least, p.least), min(t.most, p.most)}); t.most == no {
			break
		}
	}
	return t
}

func (n some) truth(f facts) truth {
	t := known(no)
	for _, part := range n.parts {
		p := part.truth(f)
		if t = (truth{max(t.least, p.least), max(t.most, p.most)}); t.least == yes {
			break
		}
	}
	return t
}
