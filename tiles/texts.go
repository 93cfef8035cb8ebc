package tiles

import "hash/maphash"

// texts finds the number of a text that came before: a hash table with open addressing,
// several times as fast as a map where most texts come once.
type texts struct {
	slots []textSlot // 2ⁿ of them, at most half in use
	used  int
}

// textSlot is empty where the number is 0.
type textSlot struct {
	text   string
	hash   uint32
	number uint32
}

var textSeed = maphash.MakeSeed()

// place is where a text stands, or is to stand, in the table as it is.
type place struct {
	hash uint32
	slot int
}

// find is the number of a text, 0 if it has none, and the place for [texts.put].
func (t *texts) find(text string) (number uint64, at place) {
	if 2*t.used >= len(t.slots) {
		t.grow()
	}
	h := uint32(maphash.String(textSeed, text))
	for i := int(h) & (len(t.slots) - 1); ; i = (i + 1) & (len(t.slots) - 1) {
		if s := &t.slots[i]; s.number == 0 || s.hash == h && s.text == text {
			return uint64(s.number), place{h, i}
		}
	}
}

// put numbers the text that was just looked for, from 1 on.
func (t *texts) put(at place, text string, number uint64) {
	t.slots[at.slot] = textSlot{text, at.hash, uint32(number)}
	t.used++
}

// grow makes room for as many texts again.
func (t *texts) grow() {
	old := t.slots
	t.slots = make([]textSlot, max(64, 2*len(old)))
	for _, s := range old {
		if s.number == 0 {
			continue
		}
		i := int(s.hash) & (len(t.slots) - 1)
		for t.slots[i].number != 0 {
			i = (i + 1) & (len(t.slots) - 1)
		}
		t.slots[i] = s
	}
}
