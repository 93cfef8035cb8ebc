package postgis_test

import (
	"strings"
	"sync"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/postgis/pgtest"
	"gridwarden/geo/postgis/schema"
	"gridwarden/migrations"
)

// schemaSQL describes everything the migrations made, a line for each piece.
const schemaSQL = `
SELECT coalesce(string_agg(line, E'\n' ORDER BY line), '') FROM (
	SELECT format('column %s.%s %s null=%s default=%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
	WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
	UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
	UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
	UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
		AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
	UNION ALL SELECT format('category %s %s %s %s', standard, kind, code, name) FROM categories WHERE ended IS NULL
) AS pieces`

func schemaOf(t *testing.T, url string) (text string) {
	t.Helper()
	check(t, dial(t, url).QueryRow(t.Context(), schemaSQL).Scan(&text))
	return text
}

func TestEveryWayToTheNewestSchemaEndsThere(t *testing.T) {
	t.Parallel()
	atOnce, byStep := pgtest.NewEmpty(t), pgtest.NewEmpty(t)
	check(t, openAt(t, atOnce).Migrate(t.Context()))
	check(t, schema.MigrateTo(t.Context(), byStep, migrations.Files(), 1))
	check(t, openAt(t, byStep).Migrate(t.Context()))

	want, got := schemaOf(t, atOnce), schemaOf(t, byStep)
	if want != got {
		t.Errorf("from empty:\n%s\n\nfrom the first migration:\n%s", want, got)
	}
	if !strings.Contains(want, "areas_one_open") {
		t.Errorf("the description lacks an index:\n%s", want)
	}
}

func TestProcessesStartingTogetherMigrateOnce(t *testing.T) {
	t.Parallel()
	url := pgtest.NewEmpty(t)
	var all sync.WaitGroup
	for range 3 {
		store := openAt(t, url)
		all.Go(func() {
			if err := store.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := count(t, dial(t, url), "SELECT count(*) FROM changes"); n != 1 {
		t.Errorf("%d changes after migrating, want the one of the built-in categories", n)
	}
}

func TestAnUnmigratedDatabaseSaysWhatToRun(t *testing.T) {
	t.Parallel()
	_, err := openAt(t, pgtest.NewEmpty(t)).LoadAll(t.Context())
	refused(t, err, geo.Unavailable, "gridwarden migrate")
}

func TestBuiltInCategoriesAreWhole(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	all, err := store.LoadAll(t.Context())
	check(t, err)
	byKey, counts := map[geo.CategoryKey]geo.Category{}, map[string]int{}
	for _, c := range all.Categories {
		byKey[c.CategoryKey] = c
		if c.Parent != "" {
			counts[c.Standard+" "+string(c.Kind)]++
		}
	}
	for of, want := range map[string]int{
		"GB/T 47678.5-2026 component": 153, "GB/T 47678.5-2026 matter": 250,
		"CJ/T 214-2007 component": 83, "CJ/T 214-2007 matter": 54,
		"GB/T 30428.2-2013 component": 1, "GB/T 30428.2-2013 matter": 14,
	} {
		if counts[of] != want {
			t.Errorf("%d of %s, want %d", counts[of], of, want)
		}
	}
	for key, c := range byKey {
		class := geo.CategoryKey{Standard: key.Standard, Kind: key.Kind, Code: c.Parent}
		if _, exists := byKey[class]; c.Parent != "" && !exists {
			t.Errorf("%v has no class %s", key, c.Parent)
		}
		if c.Name == "" || c.NameEN == "" || c.Source == "" || c.Confidence == "" || c.Visibility != geo.Protected && c.Visibility != geo.Restricted {
			t.Errorf("%+v says too little", c)
		}
	}
	cover := geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "01001"}
	broken := geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Matter, Code: "01001"}
	if byKey[cover].Name != "供水井盖" || byKey[broken].Name != "供水井盖异常" {
		t.Errorf("01001 is %q and %q", byKey[cover].Name, byKey[broken].Name)
	}
	if byKey[cover].Family != "井盖" || byKey[broken].Family != "井盖" {
		t.Errorf("families %q and %q", byKey[cover].Family, byKey[broken].Family)
	}
}
