package index

import "gridwarden/geo"

// Wanted picks assets: each part that is not empty must be theirs, so the zero Wanted picks
// all.
type Wanted struct {
	Category geo.CategoryKey
	State    string
}

func (w *Wanted) has(k geo.CategoryKey, state string) bool {
	return (w.Category.Standard == "" || w.Category.Standard == k.Standard) &&
		(w.Category.Kind == "" || w.Category.Kind == k.Kind) &&
		(w.Category.Code == "" || w.Category.Code == k.Code) &&
		(w.State == "" || w.State == state)
}

// wanted tells whether any of them picks the asset with a number, or none is given.
func (b *packed) wanted(i uint32, of []Wanted) bool {
	p := b.profile(i)
	return wants(of, p.Category, p.State)
}

func (e *looseAsset) wanted(of []Wanted) bool {
	return wants(of, e.asset.Category, e.asset.State)
}

func wants(of []Wanted, k geo.CategoryKey, state string) bool {
	for i := range of {
		if of[i].has(k, state) {
			return true
		}
	}
	return len(of) == 0
}

// marks are those of all categories that may be wanted.
func (b *packed) marks(of []Wanted) (marks uint64) {
	if len(of) == 0 {
		return ^uint64(0)
	}
	for key, k := range b.table.kinds {
		for i := range of {
			if (&Wanted{Category: of[i].Category}).has(key, "") {
				marks |= k.mark()
			}
		}
	}
	return marks
}
