package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// deeds is how many lines the audit log has.
func (d *desk) deeds(t *testing.T) int {
	t.Helper()
	all, err := d.store.Deeds(t.Context(), 0, 1<<30)
	must(t, err)
	return len(all)
}

// deedsOf is how many lines each request of a route left in the audit log.
type deedsOf map[string][]int

func (d deedsOf) add(route string, lines int) { d[route] = append(d[route], lines) }

// check holds every route to the log: what writes leaves one line, or none where nothing
// was to be written, and nothing else leaves any.
func (d deedsOf) check(t *testing.T, doc *openapi3.T) {
	t.Helper()
	reads := []string{"POST /v1/locate", "POST /v1/route"}
	elsewhere := []string{"/v1/webhooks", "/v1/keys", "/v1/session"} // kept by a fake here, or asked of another desk
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			route := method + " " + path
			if slices.ContainsFunc(elsewhere, func(p string) bool { return strings.HasPrefix(path, p) }) {
				continue
			}
			lines := d[route]
			most := 0
			if len(lines) > 0 {
				most = slices.Max(lines)
			}
			if want := method != "GET" && !slices.Contains(reads, route); want != (most == 1) || most > 1 {
				t.Errorf("%s left %v lines in the audit log", route, lines)
			}
		}
	}
}
