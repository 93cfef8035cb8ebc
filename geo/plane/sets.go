package plane

import (
	"encoding/binary"
	"slices"
)

// Set is the number of a set of pieces within its [Sets]; 0 is the empty set.
type Set int32

// Sets holds each distinct set of pieces once, so that an edge or a face carries four
// bytes however many pieces meet there.
type Sets struct {
	of  []string // the pieces in order, four bytes each, big end first
	ids map[string]Set
	key []byte
}

// newSets holds only the empty set.
func newSets() *Sets {
	return &Sets{of: []string{""}, ids: map[string]Set{"": 0}}
}

// Len is the number of distinct sets; their numbers run from 0.
func (s *Sets) Len() int { return len(s.of) }

// Of is the set of the pieces given an odd number of times. It may reorder them.
func (s *Sets) Of(pieces ...int32) Set {
	slices.Sort(pieces)
	s.key = s.key[:0]
	for i := 0; i < len(pieces); i++ {
		if i+1 < len(pieces) && pieces[i] == pieces[i+1] {
			i++
			continue
		}
		s.key = binary.BigEndian.AppendUint32(s.key, uint32(pieces[i]))
	}
	return s.intern()
}

// Pieces are the pieces of a set in order.
func (s *Sets) Pieces(set Set) []int32 {
	of := s.of[set]
	pieces := make([]int32, 0, len(of)/4)
	for ; of != ""; of = of[4:] {
		pieces = append(pieces, int32(binary.BigEndian.Uint32([]byte(of[:4]))))
	}
	return pieces
}

// Xor is the set of pieces that are in exactly one of a and b.
func (s *Sets) Xor(a, b Set) Set {
	switch {
	case a == b:
		return 0
	case a == 0:
		return b
	case b == 0:
		return a
	}
	x, y := s.of[a], s.of[b]
	s.key = s.key[:0]
	for x != "" && y != "" {
		switch p, q := x[:4], y[:4]; {
		case p < q:
			s.key, x = append(s.key, p...), x[4:]
		case p > q:
			s.key, y = append(s.key, q...), y[4:]
		default:
			x, y = x[4:], y[4:]
		}
	}
	s.key = append(append(s.key, x...), y...)
	return s.intern()
}

// intern is the number of the set spelt in key.
func (s *Sets) intern() Set {
	if set, known := s.ids[string(s.key)]; known {
		return set
	}
	set, of := Set(len(s.of)), string(s.key)
	s.of = append(s.of, of)
	s.ids[of] = set
	return set
}
