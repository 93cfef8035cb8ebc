package ui_test

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/democity"
	"gridwarden/geo/ingest"
	"gridwarden/geo/routing"
)

const standard = "GB/T 47678.5-2026"

// settings are how the page's service routes.
func settings() routing.Settings {
	return routing.Settings{Accuracy: routing.Accuracies(), Zone: time.FixedZone("CST", 8*60*60)}
}

// readDuty gives the duty tables of the demo city as its files say them, with more rows.
func readDuty(t *testing.T, tables democity.Tables, more []geo.DutyRow) geo.DutyTables {
	t.Helper()
	rules := append(read(t, tables.Rules, ingest.ReadRules), more...)
	slices.SortFunc(rules, func(a, b geo.DutyRow) int { return cmp.Compare(a.ID, b.ID) })
	groups := read(t, tables.Groups, ingest.ReadGroups)
	slices.SortFunc(groups, func(a, b geo.Group) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Code, b.Code)) })
	return geo.DutyTables{
		Rules: rules, Groups: groups,
		Standards: read(t, tables.Standards, ingest.ReadStandards), Calendar: read(t, tables.Calendar, ingest.ReadCalendar),
	}
}

func read[T any](t *testing.T, file string, reader func(ctx context.Context, file, encoding string) ([]T, []geo.Source, error)) []T {
	t.Helper()
	rows, _, err := reader(context.Background(), file, "")
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// matters are some of those that the demo city's duty list speaks of.
func matters() []geo.Category {
	var all []geo.Category
	for _, m := range [][3]string{
		{"06012", "道路不洁", "Dirty road"}, {"06013", "道路破损", "Damaged road"}, {"06017", "绿地脏乱", "Dirty green space"},
		{"08001", "施工扰民", "Construction nuisance"}, {"09009", "机动车乱停放", "Illegal motor-vehicle parking"},
	} {
		key := geo.CategoryKey{Standard: standard, Kind: geo.Matter, Code: m[0]}
		all = append(all, geo.Category{CategoryKey: key, Name: m[1], NameEN: m[2], Parent: "99"})
	}
	return all
}

// familyOf joins the covers.
func familyOf(name string) string {
	if strings.HasSuffix(name, "井盖") {
		return "井盖"
	}
	return ""
}
