package tiles

const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

// FeatureID is the number of a feature: of an area from its layer and code, of an asset from
// its standard and id. It stays when there is a new version, is never 0, and has 53 bits so
// that JavaScript holds it exactly. Two among a million have the same number once in ten
// thousand cities.
func FeatureID(kind, name string) uint64 { return idsOf(kind).of(name) }

// ids numbers the features of one kind.
type ids uint64

func idsOf(kind string) ids { return ids(fnv1a(fnvOffset, kind) * fnvPrime) } // * as for a byte of 0

// of is FNV-1a, with its bits mixed by the last step of MurmurHash3 since the highest count.
func (n ids) of(name string) uint64 {
	h := fnv1a(uint64(n), name)
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return max(1, (h^h>>33)>>11)
}

func fnv1a(h uint64, text string) uint64 {
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * fnvPrime
	}
	return h
}
