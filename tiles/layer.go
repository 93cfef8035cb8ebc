package tiles

import (
	"encoding/binary"
	"sync"
)

// layer collects the features of one layer. Keys and values are numbered in the order
// they first come, so that the same features give the same bytes.
type layer struct {
	name     string
	limit    int    // how many bytes it may take before it stops
	thrift   thrift // how little of it is drawn
	features []byte // whole fields of the layer message
	columns  []*column
	used     int    // columns that have a number, which are its keys
	values   []byte // whole fields of the layer message, in the order of their numbers
	count    uint64 // of values
	texts    texts
	numbers  map[uint64]uint64
	yes      uint64 // the number of the value true, from 1 on; 0: not there yet
	tags     []byte // of the feature being written
}

// column is a key of a layer with the text it had last: neighbours often have the same.
type column struct {
	key    string
	number int // -1 while no feature has it
	last   string
	value  uint64
}

// layers keeps the room of layers for others: they are too large to be made anew for each
// tile.
var layers = sync.Pool{New: func() any { return &layer{numbers: map[uint64]uint64{}} }}

// How many bytes of a buffer are kept at most, and how many of anything larger: few tiles
// need as many.
const (
	mostBytes = 2 << 20
	mostItems = 1 << 16
)

func newLayer(name string, limit int, t thrift) *layer {
	l := layers.Get().(*layer)
	l.texts.empty()
	clear(l.numbers)
	*l = layer{
		name: name, limit: limit, thrift: t,
		features: room(l.features, mostBytes), values: room(l.values, mostBytes), tags: room(l.tags, mostBytes), texts: l.texts, numbers: l.numbers,
	}
	return l
}

// done gives the room of a layer back; it is not to be used any more.
func (l *layer) done() { layers.Put(l) }

// room is an empty buffer in the place of one that is not needed any more, itself unless it
// has room for more than most.
func room[T any](old []T, most int) []T {
	if cap(old) > most {
		return nil
	}
	return old[:0]
}

// size is how many bytes the layer takes, or a few more.
func (l *layer) size() int {
	n := len(l.features) + len(l.values) + len(l.name) + 32
	for _, c := range l.columns {
		n += len(c.key) + 4
	}
	return n
}

// full tells whether the layer takes more than it may: what is drawn of it is not shown,
// and there is no use in drawing on.
func (l *layer) full() bool { return len(l.features)+len(l.values) > l.limit }

// column is the key of a name, for those who give it to many features.
func (l *layer) column(key string) *column {
	for _, c := range l.columns {
		if c.key == key {
			return c
		}
	}
	c := &column{key: key, number: -1}
	l.columns = append(l.columns, c)
	return c
}

// set gives the next feature a text; an empty one is left out, and any where c is nil.
func (l *layer) set(c *column, text string) {
	if c == nil || text == "" {
		return
	}
	if text != c.last {
		hash := hashOf(text)
		n, known := l.texts.find(l.values, text, hash)
		if !known {
			n = l.add(text)
			at := len(l.values) - len(text)
			l.texts.add(knownText{hash, uint32(at), uint32(len(text)), uint32(n)})
		}
		c.last, c.value = text, n
	}
	l.tag(c, c.value)
}

// unique gives the next feature a text that no other has.
func (l *layer) unique(c *column, text string) { l.tag(c, l.add(text)) }

// number gives the next feature an attribute.
func (l *layer) number(key string, number uint64) { l.numberIn(l.column(key), number) }

// numberIn gives the next feature a number.
func (l *layer) numberIn(c *column, number uint64) {
	n, known := l.numbers[number]
	if !known {
		var room [12]byte
		l.values = appendChunk(l.values, 4, appendVarint(room[:0], 5, number))
		n = l.count
		l.count++
		l.numbers[number] = n
	}
	l.tag(c, n)
}

// flag gives the next feature an attribute that is true.
func (l *layer) flag(key string) {
	if l.yes == 0 {
		l.values = appendChunk(l.values, 4, []byte{7<<3 | varint, 1})
		l.count++
		l.yes = l.count
	}
	l.tag(l.column(key), l.yes-1)
}

// add writes a text as a value and gives its number.
func (l *layer) add(text string) uint64 {
	b := append(l.values, 4<<3|chunked)
	b = binary.AppendUvarint(b, uint64(1+varintSize(uint64(len(text)))+len(text)))
	l.values = appendChunk(b, 1, text)
	l.count++
	return l.count - 1
}

func (l *layer) tag(c *column, value uint64) {
	if c.number < 0 {
		c.number = l.used
		l.used++
	}
	l.tags = binary.AppendUvarint(l.tags, uint64(c.number))
	l.tags = binary.AppendUvarint(l.tags, value)
}

// feature writes the feature whose attributes were given since the last. An id of 0 is
// none.
func (l *layer) feature(id uint64, kind uint64, drawn []byte) {
	n := 2 + chunkSize(l.tags) + chunkSize(drawn)
	if id != 0 {
		n += 1 + varintSize(id)
	}
	b := append(l.features, 2<<3|chunked)
	b = binary.AppendUvarint(b, uint64(n))
	if id != 0 {
		b = appendVarint(b, 1, id)
	}
	b = appendChunk(b, 2, l.tags)
	b = append(b, 3<<3|varint, byte(kind))
	l.features = appendChunk(b, 4, drawn)
	l.tags = l.tags[:0]
}

// appendTo writes the layer as a field of the tile message, nothing when it is empty.
func (l *layer) appendTo(tile []byte) []byte {
	if len(l.features) == 0 {
		return tile
	}
	keys := make([]string, l.used)
	for _, c := range l.columns {
		if c.number >= 0 {
			keys[c.number] = c.key
		}
	}
	head := appendChunk(appendVarint(nil, 15, 2), 1, l.name) // version
	var foot []byte
	for _, k := range keys {
		foot = appendChunk(foot, 3, k)
	}
	tile = binary.AppendUvarint(tile, 3<<3|chunked)
	last := appendVarint(nil, 5, extent)
	tile = binary.AppendUvarint(tile, uint64(len(head)+len(l.features)+len(foot)+len(l.values)+len(last)))
	for _, part := range [][]byte{head, l.features, foot, l.values, last} {
		tile = append(tile, part...)
	}
	return tile
}
