package plane

// Union keeps which numbers have been joined (union-find with path halving).
type Union struct{ up []int32 }

// NewUnion has n numbers from 0, each on its own.
func NewUnion(n int) *Union {
	u := &Union{make([]int32, n)}
	for i := range u.up {
		u.up[i] = int32(i)
	}
	return u
}

// Find is the smallest number joined with i.
func (u *Union) Find(i int32) int32 {
	for u.up[i] != i {
		u.up[i] = u.up[u.up[i]]
		i = u.up[i]
	}
	return i
}

// Join joins the groups of i and j and tells whether they were apart.
func (u *Union) Join(i, j int32) bool {
	i, j = u.Find(i), u.Find(j)
	u.up[max(i, j)] = min(i, j)
	return i != j
}
