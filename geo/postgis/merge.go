package postgis

import (
	"reflect"

	"gridwarden/geo"
)

// Outcome counts what an import of rows did, or would do. Ended are those no longer given,
// where the table is to equal the file.
type Outcome struct{ Read, Added, Changed, Unchanged, Ended int }

// merge sorts what is given into new, changed and equal by key. What is there and not
// given stays. The same key given twice is Invalid.
func merge[K comparable, V any](there, given []V, key func(V) K, name func(K) string) (put []V, ended []K, out Outcome, err error) {
	open := make(map[K]V, len(there))
	for _, v := range there {
		open[key(v)] = v
	}
	seen := make(map[K]bool, len(given))
	out.Read = len(given)
	for _, v := range given {
		k := key(v)
		if seen[k] {
			return nil, nil, out, geo.Errorf(geo.Invalid, "%s is given twice; keep one row", name(k))
		}
		seen[k] = true
		old, exists := open[k]
		switch {
		case !exists:
			out.Added++
		case reflect.DeepEqual(old, v):
			out.Unchanged++
			continue
		default:
			out.Changed++
			ended = append(ended, k)
		}
		put = append(put, v)
	}
	return put, ended, out, nil
}
