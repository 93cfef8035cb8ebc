package tiles

import "hash/maphash"

// texts finds where a text stands that a layer holds already: a hash table with open
// addressing over the bytes written, several times as fast as a map where most texts come
// once, and without pointers.
type texts struct {
	slots []uint32 // 2ⁿ of them, at most half in use: 0, or one more than the place in known
	known []knownText
}

// knownText is a text from a byte of the layer's values on, and its number among them.
type knownText struct{ hash, at, size, number uint32 }

var textSeed = maphash.MakeSeed()

func hashOf(text string) uint32 { return uint32(maphash.String(textSeed, text)) }

// find is the number of a text among the values; false when it has none.
func (t *texts) find(values []byte, text string, hash uint32) (number uint64, found bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	for i := int(hash) & (len(t.slots) - 1); t.slots[i] != 0; i = (i + 1) & (len(t.slots) - 1) {
		if k := &t.known[t.slots[i]-1]; k.hash == hash && string(values[k.at:k.at+k.size]) == text {
			return uint64(k.number), true
		}
	}
	return 0, false
}

// add remembers a text that was not found.
func (t *texts) add(k knownText) {
	t.known = append(t.known, k)
	if 2*len(t.known) <= len(t.slots) {
		t.seat(len(t.known))
		return
	}
	t.slots = make([]uint32, max(64, 4*len(t.slots)))
	for i := range t.known {
		t.seat(i + 1)
	}
}

// seat gives one more than a place in known its slot.
func (t *texts) seat(n int) {
	i := int(t.known[n-1].hash) & (len(t.slots) - 1)
	for t.slots[i] != 0 {
		i = (i + 1) & (len(t.slots) - 1)
	}
	t.slots[i] = uint32(n)
}

// empty forgets all texts and keeps the room, unless it is much.
func (t *texts) empty() {
	t.known = room(t.known, mostItems)
	if len(t.slots) > mostItems {
		t.slots = nil
	}
	clear(t.slots)
}
