package tiles

import (
	"encoding/binary"
	"slices"
)

// layer collects the features of one layer. Keys and values are numbered in the order
// they first come, so that the same features give the same bytes.
type layer struct {
	name     string
	features []byte // whole fields of the layer message
	keys     []string
	values   []byte // whole fields of the layer message, in the order of their numbers
	texts    map[string]uint64
	numbers  map[uint64]uint64

	tags, body, value []byte // of the feature being written
}

func newLayer(name string) *layer {
	return &layer{name: name, texts: map[string]uint64{}, numbers: map[uint64]uint64{}}
}

// text gives the next feature an attribute; an empty one is left out.
func (l *layer) text(key, text string) {
	if text == "" {
		return
	}
	n, known := l.texts[text]
	if !known {
		n = l.add(appendChunk(l.value[:0], 1, text))
		l.texts[text] = n
	}
	l.tag(key, n)
}

// number gives the next feature an attribute.
func (l *layer) number(key string, number uint64) {
	n, known := l.numbers[number]
	if !known {
		n = l.add(appendVarint(l.value[:0], 5, number))
		l.numbers[number] = n
	}
	l.tag(key, n)
}

// add writes an encoded value that is not there yet and gives its number.
func (l *layer) add(value []byte) uint64 {
	l.value = value
	l.values = appendChunk(l.values, 4, value)
	return uint64(len(l.texts) + len(l.numbers))
}

func (l *layer) tag(key string, value uint64) {
	k := slices.Index(l.keys, key)
	if k < 0 {
		k = len(l.keys)
		l.keys = append(l.keys, key)
	}
	l.tags = binary.AppendUvarint(l.tags, uint64(k))
	l.tags = binary.AppendUvarint(l.tags, value)
}

// feature writes the feature whose attributes were given since the last. An id of 0 is
// none.
func (l *layer) feature(id uint64, kind uint64, drawn []byte) {
	b := l.body[:0]
	if id != 0 {
		b = appendVarint(b, 1, id)
	}
	b = appendChunk(b, 2, l.tags)
	b = appendVarint(b, 3, kind)
	b = appendChunk(b, 4, drawn)
	l.features = appendChunk(l.features, 2, b)
	l.body, l.tags = b, l.tags[:0]
}

// appendTo writes the layer as a field of the tile message, nothing when it is empty.
func (l *layer) appendTo(tile []byte) []byte {
	if len(l.features) == 0 {
		return tile
	}
	b := make([]byte, 0, len(l.features)+len(l.values)+256)
	b = appendVarint(b, 15, 2) // version
	b = appendChunk(b, 1, l.name)
	b = append(b, l.features...)
	for _, k := range l.keys {
		b = appendChunk(b, 3, k)
	}
	b = append(b, l.values...)
	b = appendVarint(b, 5, extent)
	return appendChunk(tile, 3, b)
}
