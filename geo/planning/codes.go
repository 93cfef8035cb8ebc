package planning

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// codeBook gives and judges the codes of new areas. They follow the codes that are there:
// where the areas under one parent have its code and a number after it (grids: the 12 digits
// of the community and 001 to 999), the next get the next numbers, west to east, then north
// to south. A code that ever stood for an area is not given again, so that what was written
// under it keeps its meaning. Elsewhere a new area has the code of the one it was made from,
// and "-1", "-2" …
type codeBook struct {
	ctx        context.Context
	view       *index.Snapshot
	rules      Rules
	taken      map[AreaName]bool // given to areas of this edit
	numberings map[AreaName]numbering
}

func newCodeBook(ctx context.Context, view *index.Snapshot, r Rules) *codeBook {
	return &codeBook{ctx, view, r, map[AreaName]bool{}, map[AreaName]numbering{}}
}

// maxTried is how many codes are tried before a person is asked for one.
const maxTried = 10_000

// ruleSample is of how many areas the rule is read where a parent has none yet.
const ruleSample = 64

// numbering is how codes go on after the code of their parent: with a sign such as "-", or
// none, and a number of so many digits, or, after a sign, as many as it takes (0). The zero
// numbering is none.
type numbering struct {
	sign  string
	width int
}

// said says how codes go on, for a sentence.
func (n numbering) said() geo.Said {
	digits := geo.Say("%d digits", n.width)
	switch {
	case n.width == 0:
		digits = geo.Say("a number")
	case n.width == 1:
		digits = geo.Say("1 digit")
	}
	if n.sign == "" {
		return digits
	}
	return geo.Say("%q and %s", n.sign, digits)
}

// splitCode takes a code apart into that of its parent, a sign and a number; digits is ""
// where it is not made so.
func splitCode(parent, code geo.AreaCode) (sign, digits string) {
	rest, is := strings.CutPrefix(string(code), string(parent))
	if !is || parent == "" {
		return "", ""
	}
	digits = strings.TrimLeft(rest, "-_./")
	if sign = rest[:len(rest)-len(digits)]; len(sign) > 1 || strings.Trim(digits, "0123456789") != "" {
		return "", ""
	}
	return sign, digits
}

// number is the number of a code that follows the numbering; false where it does not.
func (n numbering) number(parent, code geo.AreaCode) (int, bool) {
	sign, digits := splitCode(parent, code)
	if digits == "" || sign != n.sign || n.width > 0 && len(digits) != n.width || n.width == 0 && digits[0] == '0' {
		return 0, false
	}
	i, err := strconv.Atoi(digits)
	return i, err == nil && i > 0
}

// code is the code of a number.
func (n numbering) code(parent geo.AreaCode, i int) geo.AreaCode {
	return geo.AreaCode(fmt.Sprintf("%s%s%0*d", parent, n.sign, n.width, i))
}

// numbering is how the codes under a parent go on after its own: as those of more than half
// of its areas do, where it has none those of other parents.
func (b *codeBook) numbering(layer geo.LayerName, parent geo.AreaCode) numbering {
	key := AreaName{layer, parent}
	if n, known := b.numberings[key]; known {
		return n
	}
	counts, padded, all := map[numbering]int{}, map[string]int{}, 0
	count := func(a *geo.Area) {
		all++
		switch sign, digits := splitCode(a.Parent, a.Code); {
		case digits == "":
		case sign == "":
			counts[numbering{width: len(digits)}]++
		default:
			counts[numbering{sign: sign}]++
			if digits[0] == '0' {
				padded[sign] = len(digits)
			}
		}
	}
	for _, a := range b.under(layer, parent) {
		count(a)
	}
	if all == 0 {
		for a := range b.view.Areas(layer, "") {
			if count(a); all == ruleSample {
				break
			}
		}
	}
	var rule numbering
	for n, of := range counts {
		if 2*of > all {
			rule = n
			rule.width = max(n.width, padded[n.sign])
		}
	}
	b.numberings[key] = rule
	return rule
}

// under are the areas of a layer of the view that have a parent, in no order.
func (b *codeBook) under(layer geo.LayerName, parent geo.AreaCode) []*geo.Area {
	l, _ := b.view.Layer(layer)
	up := b.view.Area(l.Parent, parent)
	if up == nil {
		return nil
	}
	var areas []*geo.Area
	for a := range b.view.AreasIn(layer, up.Shape.Box()) {
		if a.Parent == parent {
			areas = append(areas, a)
		}
	}
	return areas
}

// next are the next n codes under a parent for areas made from one, which is "" for those
// made from nothing.
func (b *codeBook) next(layer geo.LayerName, parent, origin geo.AreaCode, n int) ([]geo.AreaCode, error) {
	codes, err := b.again(layer, parent, origin, n)
	if err != nil {
		return nil, err
	}
	candidate, most, err := b.series(layer, parent, origin)
	if err != nil {
		return nil, err
	}
	for i := 0; i < most && len(codes) < n; {
		var batch []geo.AreaCode
		for ; i < most && len(batch) < 2*(n-len(codes))+8; i++ {
			batch = append(batch, candidate(i))
		}
		free, err := b.unused(layer, batch)
		if err != nil {
			return nil, err
		}
		codes = append(codes, free[:min(len(free), n-len(codes))]...)
	}
	if len(codes) < n {
		return nil, geo.Errorf(geo.Conflict, "the numbers under %s are used up and %s needs %d new; give codes of your own in \"codes\", or divide %s first", parent, layer, n, parent)
	}
	for _, code := range codes {
		b.taken[AreaName{layer, code}] = true
	}
	return codes, nil
}

// again are at most n of the codes to be given again, those that fit and are free.
func (b *codeBook) again(layer geo.LayerName, parent, origin geo.AreaCode, n int) ([]geo.AreaCode, error) {
	rule := b.numbering(layer, parent)
	var codes []geo.AreaCode
	for _, code := range b.rules.Again[layer] {
		_, fits := rule.number(parent, code)
		if fits || rule == (numbering{}) && origin != "" && strings.HasPrefix(string(code), string(origin)+"-") {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return nil, nil
	}
	free, err := b.unused(layer, codes)
	free = free[:min(len(free), n)]
	for _, code := range free {
		b.taken[AreaName{layer, code}] = true
	}
	return free, err
}

// series are the codes to try, and how many there are: after the greatest number there is,
// and from 1 where those run out.
func (b *codeBook) series(layer geo.LayerName, parent, origin geo.AreaCode) (func(int) geo.AreaCode, int, error) {
	rule := b.numbering(layer, parent)
	switch {
	case rule == numbering{} && origin == "":
		return nil, 0, geo.Errorf(geo.Invalid, "the codes of %s follow no rule by which to make a new one; give it in \"codes\"", layer)
	case rule == numbering{}:
		return func(i int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("%s-%d", origin, i+1)) }, maxTried, nil
	}
	last := 0
	for _, a := range b.under(layer, parent) {
		if n, fits := rule.number(parent, a.Code); fits {
			last = max(last, n)
		}
	}
	all := maxTried
	if rule.width > 0 && rule.width < 5 {
		all = []int{9, 99, 999, 9999}[rule.width-1]
	}
	return func(i int) geo.AreaCode {
		n := last + 1 + i
		if n > all && all < maxTried {
			n -= all
		}
		return rule.code(parent, n)
	}, all, nil
}

// take gives codes to areas of a layer if none was ever used.
func (b *codeBook) take(layer geo.LayerName, codes []geo.AreaCode) (bool, error) {
	free, err := b.unused(layer, codes)
	if err != nil || len(free) < len(codes) {
		return false, err
	}
	for _, code := range codes {
		b.taken[AreaName{layer, code}] = true
	}
	return true, nil
}

// unused are those of some codes that never stood for an area of a layer, in their order.
func (b *codeBook) unused(layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error) {
	used := map[geo.AreaCode]bool{}
	if b.rules.Used != nil {
		list, err := b.rules.Used(b.ctx, layer, codes)
		if err != nil {
			return nil, err
		}
		for _, code := range list {
			used[code] = true
		}
	}
	var free []geo.AreaCode
	for _, code := range codes {
		if !used[code] && !b.taken[AreaName{layer, code}] && b.view.Area(layer, code) == nil {
			free = append(free, code)
		}
	}
	return free, nil
}

// give takes the codes that a person gives to areas of a layer under the parents at the
// same places, once each is right.
func (b *codeBook) give(layer geo.LayerName, parents, codes []geo.AreaCode) error {
	for i, code := range codes {
		if err := b.judge(layer, parents[i], code); err != nil {
			return err
		}
		if b.taken[AreaName{layer, code}] {
			return geo.Errorf(geo.Invalid, "the code %s is given twice; give each area a code of its own", code)
		}
		b.taken[AreaName{layer, code}] = true
		if b.view.Area(layer, code) != nil {
			return geo.Errorf(geo.Conflict, "the code %s is that of another area of %s; give one that was never used", code, layer)
		}
	}
	if b.rules.Used == nil || len(codes) == 0 {
		return nil
	}
	used, err := b.rules.Used(b.ctx, layer, codes)
	if err != nil || len(used) == 0 {
		return err
	}
	return geo.Errorf(geo.Conflict, "the code %s was used in %s before, and the codes of areas that ended are not given again; give one that was never used", used[0], layer)
}

// follows tells whether a code under a parent follows the rule, where there is one.
func (b *codeBook) follows(layer geo.LayerName, parent, code geo.AreaCode) bool {
	rule := b.numbering(layer, parent)
	_, fits := rule.number(parent, code)
	return fits || rule == numbering{}
}

// judge refuses a code that cannot stand under a parent.
func (b *codeBook) judge(layer geo.LayerName, parent, code geo.AreaCode) error {
	if err := checkText("code", string(code), maxCode); err != nil {
		return err
	}
	if code == "" || strings.ContainsFunc(string(code), unicode.IsSpace) {
		return geo.Errorf(geo.Invalid, "%q is no code: a code is not empty and has no space in it", code)
	}
	if b.follows(layer, parent, code) {
		return nil
	}
	rule := b.numbering(layer, parent)
	l, _ := b.view.Layer(layer)
	for n := len(code); n > 0; n-- {
		if other := code[:n]; other != parent && len(other) >= len(parent) && b.view.Area(l.Parent, other) != nil {
			return geo.Errorf(geo.Invalid, "the code %s is one of %s %s, and the area lies in %s; there it is %s and %s, of which the first is 1", code, l.Parent, other, parent, parent, rule.said())
		}
	}
	return geo.Errorf(geo.Invalid, "the code %s is against the rule of %s: in %s it is %s and %s, of which the first is 1", code, layer, parent, parent, rule.said())
}
