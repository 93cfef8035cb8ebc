// Package chinese holds what the service says in Chinese: for each English format of a
// sentence its Chinese one, in a file for each package that says it. English is the
// language of the sources; a test finds every sentence there that has no Chinese here, and
// every Chinese one that nobody says any more.
//
// A Chinese format takes the same arguments. Where it takes them in another order, or not
// all, it counts them: %[2]s, or prints one as nothing: %.0s. A wrapped error (%w) is %s here.
// The style is that of people at work: short, in the words of the trade (立案, 派遣, 回退, 裁定,
// 责任清单, 版次), and last what to do next.
package chinese

// Of is the Chinese format of an English one; false where there is none.
func Of(english string) (string, bool) {
	for _, room := range rooms {
		if format, found := room[english]; found {
			return format, true
		}
	}
	return "", false
}

// rooms are the sentences by the package that says them.
var rooms = map[string]map[string]string{
	"api":             api,
	"geo":             words,
	"geo/access":      access,
	"geo/audit":       audit,
	"geo/calendar":    calendar,
	"geo/cases":       cases,
	"geo/coverage":    coverage,
	"geo/crs":         crs,
	"geo/delivery":    delivery,
	"geo/differences": differences,
	"geo/drafts":      drafts,
	"geo/duty":        duty,
	"geo/filter":      filter,
	"geo/index":       index,
	"geo/ingest":      ingest,
	"geo/planning":    planning,
	"geo/postgis":     postgis,
	"tiles":           tiles,
	"tiles/basemap":   basemap,
}
