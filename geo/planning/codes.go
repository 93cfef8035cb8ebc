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
// where the areas under one parent have its code and digits of one width after it (grids:
// the 12 digits of the community and 001 to 999), the next get the next numbers, west to
// east, then north to south. A code that ever stood for an area is not given again, so that
// what was written under it keeps its meaning. Elsewhere a new area has the code of the one
// it was made from, and "-1", "-2" …
type codeBook struct {
	ctx    context.Context
	view   *index.Snapshot
	rules  Rules
	taken  map[AreaName]bool // given to areas of this edit
	widths map[AreaName]int  // see digits
}

func newCodeBook(ctx context.Context, view *index.Snapshot, r Rules) *codeBook {
	return &codeBook{ctx, view, r, map[AreaName]bool{}, map[AreaName]int{}}
}

// maxTried is how many codes are tried before a person is asked for one.
const maxTried = 10_000

// ruleSample is of how many areas the rule is read where a parent has none yet.
const ruleSample = 64

// digitsOf is how many digits a code has after its parent's; 0 when it is not made so.
func digitsOf(parent, code geo.AreaCode) int {
	number, is := strings.CutPrefix(string(code), string(parent))
	if !is || parent == "" || strings.Trim(number, "0123456789") != "" {
		return 0
	}
	return len(number)
}

// digits is how many digits the codes under a parent have after its own: as more than half
// of them have, where it has none those of other parents. 0: there is no such rule.
func (b *codeBook) digits(layer geo.LayerName, parent geo.AreaCode) int {
	key := AreaName{layer, parent}
	if width, known := b.widths[key]; known {
		return width
	}
	counts, all := map[int]int{}, 0
	count := func(a *geo.Area) {
		counts[digitsOf(a.Parent, a.Code)]++
		all++
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
	b.widths[key] = 0
	for width, n := range counts {
		if 2*n > all {
			b.widths[key] = width
		}
	}
	return b.widths[key]
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
	width := b.digits(layer, parent)
	var codes []geo.AreaCode
	for _, code := range b.rules.Again[layer] {
		if width > 0 && digitsOf(parent, code) == width || width == 0 && origin != "" && strings.HasPrefix(string(code), string(origin)+"-") {
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
	width := b.digits(layer, parent)
	switch {
	case width == 0 && origin == "":
		return nil, 0, geo.Errorf(geo.Invalid, "the codes of %s follow no rule by which to make a new one; give it in \"codes\"", layer)
	case width == 0:
		return func(i int) geo.AreaCode { return geo.AreaCode(fmt.Sprintf("%s-%d", origin, i+1)) }, maxTried, nil
	}
	all := maxTried
	if width < 5 {
		all = []int{9, 99, 999, 9999}[width-1]
	}
	last := b.greatest(layer, parent, width)
	return func(i int) geo.AreaCode {
		n := last + 1 + i
		if width < 5 && n > all {
			n -= all
		}
		return geo.AreaCode(fmt.Sprintf("%s%0*d", parent, width, n))
	}, all, nil
}

// greatest is the greatest number there is under a parent.
func (b *codeBook) greatest(layer geo.LayerName, parent geo.AreaCode, width int) int {
	last := 0
	for _, a := range b.under(layer, parent) {
		if digitsOf(parent, a.Code) == width {
			n, _ := strconv.Atoi(string(a.Code[len(parent):])) // digits; beyond an int nothing follows anyway
			last = max(last, n)
		}
	}
	return last
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

// judge refuses a code that cannot stand under a parent.
func (b *codeBook) judge(layer geo.LayerName, parent, code geo.AreaCode) error {
	if err := checkText("code", string(code), maxCode); err != nil {
		return err
	}
	if code == "" || strings.ContainsFunc(string(code), unicode.IsSpace) {
		return geo.Errorf(geo.Invalid, "%q is no code: a code is not empty and has no space in it", code)
	}
	width := b.digits(layer, parent)
	if width == 0 || digitsOf(parent, code) == width && strings.Trim(string(code[len(parent):]), "0") != "" {
		return nil
	}
	l, _ := b.view.Layer(layer)
	for n := len(code); n > 0; n-- {
		if other := code[:n]; other != parent && len(other) >= len(parent) && b.view.Area(l.Parent, other) != nil {
			return geo.Errorf(geo.Invalid, "the code %s is one of %s %s, and the area lies in %s; there it is %s and %s, of which the first is 1", code, l.Parent, other, parent, parent, manyDigits(width))
		}
	}
	return geo.Errorf(geo.Invalid, "the code %s is against the rule of %s: in %s it is %s and %s, of which the first is 1", code, layer, parent, parent, manyDigits(width))
}

func manyDigits(n int) string { return fmt.Sprintf("%d %s", n, plural(n, "digit", "digits")) }
