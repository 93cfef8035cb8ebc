package duty

import (
	"slices"
	"strings"

	"gridwarden/geo"
)

// punctuation makes the signs between conditions plain.
var punctuation = strings.NewReplacer("；", ";", "＝", "=", "｜", "|")

// Truth is what a condition says: not answered is neither true nor false.
type Truth int8

const (
	False   Truth = -1
	Unknown Truth = 0
	True    Truth = 1
)

// Where is a list of conditions that must all hold: position=pavement|kerb;inside_fence=yes.
type Where []Condition

// Condition asks for one of several values of a key.
type Condition struct {
	Key    string
	Values []string
}

// ParseWhere reads key=value;key=value|value; full-width ；＝｜ do as well. Empty is no
// condition.
func ParseWhere(cell string) (Where, error) {
	var w Where
	for part := range strings.SplitSeq(punctuation.Replace(cell), ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, value, found := strings.Cut(part, "=")
		c := Condition{Key: strings.TrimSpace(key)}
		for v := range strings.SplitSeq(value, "|") {
			if v = strings.TrimSpace(v); v != "" {
				c.Values = append(c.Values, v)
			}
		}
		switch {
		case !found || c.Key == "" || len(c.Values) == 0:
			return nil, geo.Errorf(geo.Faulty, "%q is not a condition: write key=value, several joined by ;", part)
		case slices.ContainsFunc(w, func(o Condition) bool { return o.Key == c.Key }):
			return nil, geo.Errorf(geo.Faulty, "%q is asked for twice: write its values as %s=a|b", c.Key, c.Key)
		}
		w = append(w, c)
	}
	return w, nil
}

// AssetKeys are the attributes that a cell asset_where asks assets for, beside what every
// asset has; none of a cell that cannot be read.
func AssetKeys(cell string) (keys []string) {
	where, _ := ParseWhere(cell)
	for _, c := range where {
		if _, own := new(geo.Asset).Own(c.Key); !own {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

// Eval is the truth of all conditions, the values given by lookup: False when one is
// false, else Unknown when one was not answered.
func (w Where) Eval(lookup func(key string) (value string, answered bool)) Truth {
	truth := True
	for _, c := range w {
		value, answered := lookup(c.Key)
		switch {
		case !answered:
			truth = Unknown
		case !slices.Contains(c.Values, value):
			return False
		}
	}
	return truth
}
