package tiles

import "math/bits"

// FeatureID is the number of a feature: of an area from its layer and code, of an asset from
// its standard and id. It stays when there is a new version, is never 0, and has 53 bits so
// that JavaScript holds it exactly. Two among a million have the same number once in ten
// thousand cities.
func FeatureID(kind, name string) uint64 { return idsOf(kind).of(name) }

// ids numbers the features of one kind.
type ids uint64

func idsOf(kind string) ids { return ids(stir(0, kind)) }

// of is the number of a name.
func (n ids) of(name string) uint64 { return max(1, stir(uint64(n), name)>>11) }

// stir takes a text into a number, eight bytes at a time, each by a product of 128 bits
// folded into 64, as wyhash does.
func stir(h uint64, text string) uint64 {
	const odd, even = 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	h ^= uint64(len(text)) * odd
	for ; len(text) >= 8; text = text[8:] {
		h = fold(h^eight(text), odd)
	}
	var rest uint64
	for i := range len(text) {
		rest |= uint64(text[i]) << (8 * i)
	}
	return fold(fold(h^rest, even)^odd, even)
}

// eight is the first eight bytes of a text as a number.
func eight(t string) uint64 {
	return uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
		uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
}

func fold(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}
