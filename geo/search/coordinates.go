package search

import (
	"math"
	"strconv"
	"strings"

	"gridwarden/geo/index"
)

// Position is a longitude and latitude in degrees, in range.
type Position struct{ Lon, Lat float64 }

// Coordinates reads a pair as people write them: decimal degrees or degrees, minutes and
// seconds, between commas or spaces, with or without N, E, 北纬, 东经 before or behind. labelled
// tells whether it says itself which number is which; where it does not, the one over 90 is
// the longitude, and of two below both readings are given, longitude first. There are none in
// a text that is anything else, or out of range.
func Coordinates(text string) (positions []Position, labelled bool) {
	p := pair{text: plainMarks.Replace(index.Fold(text))}
	first, ok := p.angle()
	if !ok {
		return nil, false
	}
	if strings.HasPrefix(p.text, "-") { // 12-3 is a code
		return nil, false
	}
	second, ok := p.angle()
	if p.skip(blanks + ")]"); !ok || p.text != "" {
		return nil, false
	}
	a, b := first.degrees, second.degrees
	switch {
	case first.axis != none && first.axis == second.axis:
		return nil, true
	case first.axis == east || second.axis == north:
		return inRange(Position{a, b}), true
	case first.axis == north || second.axis == east:
		return inRange(Position{b, a}), true
	case a == b:
		return inRange(Position{a, b}), false
	}
	return inRange(Position{a, b}, Position{b, a}), false
}

// inRange are those that are on earth.
func inRange(given ...Position) (positions []Position) {
	for _, p := range given {
		if math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) <= 90 {
			positions = append(positions, p)
		}
	}
	return positions
}

// axis is what an angle is said to be: along which direction it counts.
type axis uint8

const (
	none axis = iota
	east
	north
)

// labels are what names an axis, and whether it counts the other way; of two that begin the
// same the longer stands first.
var labels = []struct {
	word  string
	axis  axis
	minus bool
}{
	{"longitude", east, false}, {"latitude", north, false}, {"lng", east, false}, {"lon", east, false}, {"lat", north, false},
	{"东经", east, false}, {"西经", east, true}, {"北纬", north, false}, {"南纬", north, true},
	{"e", east, false}, {"w", east, true}, {"n", north, false}, {"s", north, true},
}

// plainMarks writes the marks of degrees, minutes and seconds, and what parts numbers, each
// in one way.
var plainMarks = strings.NewReplacer(
	"经度", "lon", "纬度", "lat",
	"º", "°", "˚", "°", "度", "°", "′", "'", "’", "'", "‘", "'", "分", "'", "''", `"`, "″", `"`, "”", `"`, "“", `"`, "秒", `"`,
	"、", ",", "−", "-",
)

const (
	blanks   = " \t\r\n\u00a0"
	partings = blanks + ",;:=()[]"
)

// pair is what is left to read of a text.
type pair struct {
	text   string
	behind bool // labels follow their angles, as one did
}

type angle struct {
	degrees float64
	axis    axis
}

// angle reads one number with its label. A label behind one angle is never taken for that of
// the next: where the first had none before it, those to come stand behind.
func (p *pair) angle() (a angle, ok bool) {
	p.skip(partings)
	minus := false
	if !p.behind {
		a.axis, minus = p.label()
		p.behind = a.axis == none
	}
	p.skip(partings)
	if a.degrees, ok = p.degrees(); !ok {
		return a, false
	}
	if p.behind {
		p.skip(blanks)
		a.axis, minus = p.label()
	}
	if minus {
		a.degrees = -a.degrees
	}
	return a, !minus || a.degrees <= 0 // -30 S is nothing
}

func (p *pair) skip(chars string) { p.text = strings.TrimLeft(p.text, chars) }

func (p *pair) label() (is axis, minus bool) {
	for _, l := range labels {
		if rest, found := strings.CutPrefix(p.text, l.word); found {
			p.text = rest
			return l.axis, l.minus
		}
	}
	return none, false
}

// degrees reads 30.28, -30.28°, 30°16.8' or 30°16'48", in degrees. What has decimals is the
// last; its mark may be left off where one came before.
func (p *pair) degrees() (degrees float64, ok bool) {
	negative := strings.HasPrefix(p.text, "-")
	p.text = strings.TrimPrefix(p.text, "-")
	for i, mark := range []string{"°", "'", `"`} {
		before := p.text
		if i > 0 {
			p.skip(blanks)
		}
		n := p.digits()
		if n == "" || i > 0 && strings.HasPrefix(p.text, "°") { // it is the next angle's
			p.text = before
			return signed(degrees, negative), i > 0
		}
		v, err := strconv.ParseFloat(n, 64)
		if err != nil || i > 0 && v >= 60 {
			return 0, false
		}
		degrees += v / math.Pow(60, float64(i))
		rest, marked := strings.CutPrefix(p.text, mark)
		p.text = rest
		if !marked || strings.Contains(n, ".") {
			break
		}
	}
	return signed(degrees, negative), true
}

func signed(v float64, negative bool) float64 {
	if negative {
		return -v
	}
	return v
}

// digits takes a decimal number off the front, "" where there is none.
func (p *pair) digits() string {
	rest := strings.TrimLeft(p.text, "0123456789.")
	number := p.text[:len(p.text)-len(rest)]
	p.text = rest
	return number
}
