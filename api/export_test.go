package api

// Routes are the paths and methods there are, for the test that holds them to the spec.
func Routes() map[string][]string {
	all := map[string][]string{}
	for _, r := range (&server{}).routes() {
		for m := range r.methods {
			all[r.path] = append(all[r.path], m)
		}
	}
	return all
}

// AppendDegrees shows how coordinates are written.
func AppendDegrees(units int32) string { return string(appendDegrees(nil, units)) }
