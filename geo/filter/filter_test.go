package filter_test

import (
	"slices"
	"strings"
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/filter"
)

var (
	lamp = geo.Asset{
		ID: "3301030102000017", Category: geo.CategoryKey{Standard: "GB/T 47678.5-2026", Kind: geo.Component, Code: "0102"},
		Name: "O'Brien", State: "破损", Authority: "D1", Maintainer: "养护一公司",
	}
	bare = geo.Asset{ID: "50%_off", Category: geo.CategoryKey{Standard: "local", Kind: geo.Component, Code: "0101"}}
	grid = geo.Area{Code: "330106001001001", Name: "一号网格", Department: "D1", Parent: "330106001001"}
	road = geo.Area{Code: "R-1", Class: "primary"}
)

// TestEveryConditionPicksWhatItSays: all that the package comment tells, on two assets and
// two areas.
func TestEveryConditionPicksWhatItSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, picked string }{
		{"", "lamp bare grid road"},
		{" \n\u3000", "lamp bare grid road"},
		{"category IN ('0101', '0102') AND state <> '完好'", "lamp grid road"},
		{"department = 'D1' AND (code LIKE '330106%' OR parent IS NULL)", "lamp grid"},
		{"state <> '完好'", "lamp grid road"},
		{"state <> '完好' OR state IS NULL", "lamp bare grid road"},
		{"state = '破损'", "lamp grid road"},
		{"category = '0101'", "bare grid road"},
		{"department = 'D1'", "lamp grid"},
		{"category = '0101' AND department = 'D1'", ""},
		{"category = '0102' AND department = 'D1'", "lamp"},
		{"department = '养护一公司'", "lamp"},
		{"department <> '养护一公司'", "grid"},
		{"department <> 'D2'", "lamp grid"},
		{"department IS NULL", "bare road"},
		{"NOT department IS NULL", "lamp grid"},
		{"owner IS NULL", "lamp bare grid road"},
		{"owner IS NOT NULL", "grid road"},
		{"authority = 'D1' AND maintainer LIKE '养护%'", "lamp grid road"},
		{"standard NOT IN ('local', 'x')", "lamp grid road"},
		{"name = 'O''Brien'", "lamp"},
		{`name = 'O''Brien' OR "id" LIKE '50\%%'`, "lamp bare"},
		{"NAME NOT LIKE 'O%'", "grid"},
		{`"name" LIKE '一号%'`, "grid"},
		{`id LIKE '50\%\_%'`, "bare grid road"},
		{`id LIKE '50\_%'`, "grid road"},
		{"id LIKE '%'", "lamp bare grid road"},
		{"class = 'primary'", "lamp bare road"},
		{"class <> 'x'", "lamp bare road"},
		{"code NOT IN ('R-1')", "lamp bare grid"},
		{"not (parent is null or code='x')", "lamp bare grid"},
		{"state = ''", "grid road"},
		{"category = '0101' OR category = '0102' AND state = '完好'", "bare grid road"},
		{"(category = '0101' OR category = '0102') AND state = '完好'", "grid road"},
		{"NOT category = '0101' AND state = '破损'", "lamp grid road"},
	} {
		f, err := filter.Parse(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var picked []string
		for i, there := range []bool{f.Asset(&lamp), f.Asset(&bare), f.Area(&grid), f.Area(&road)} {
			if there {
				picked = append(picked, []string{"lamp", "bare", "grid", "road"}[i])
			}
		}
		if got := strings.Join(picked, " "); got != c.picked {
			t.Errorf("%s picks %q, not %q", c.text, got, c.picked)
		}
	}
}

// TestOneMeaningHasOneText, or a cache would keep the same tiles many times.
func TestOneMeaningHasOneText(t *testing.T) {
	t.Parallel()
	for want, texts := range map[string][]string{
		"":                                     {"", "  "},
		"code = 'a'":                           {"CODE='a'", `"code" = 'a'`, "((code in ('a', 'a')))", "NOT code <> 'a'", "not(not (code='a'))"},
		"code <> 'a'":                          {"NOT code = 'a'", "code NOT IN ('a')", "NOT NOT NOT code = 'a'"},
		"code IN ('a', 'b')":                   {"code IN('b','a','b')"},
		"code NOT IN ('a', 'b')":               {"NOT code IN ('b', 'a')"},
		"code LIKE 'a%'":                       {"NOT code NOT LIKE 'a%'", "code like 'a%'"},
		"code NOT LIKE 'a%'":                   {"NOT (code LIKE 'a%')"},
		`code LIKE '\\\%\_''%'`:                {`code LIKE '\\\%\_''%'`},
		"name IS NULL":                         {"name is  null", "NOT name IS NOT NULL"},
		"name IS NOT NULL":                     {"NOT name IS NULL"},
		"name = 'x' AND code = 'a' OR id = ''": {"(name='x' AND (code='a')) OR id=''"},
		"name = 'x' AND (code = 'a' OR id = 'b' OR id = 'c')": {"name='x' and ((code='a' or id='b') or id='c')"},
		"id = 'a' AND id = 'b' AND id = 'c'":                  {"id='a' AND (id='b' AND id='c')", "NOT NOT (id='a' AND id='b') AND id='c'"},
		"NOT (id = 'a' AND id = 'b')":                         {"not (id='a' and id='b')"},
		"id = 'a' AND NOT (id = 'b' OR id = 'c')":             {"id='a' and not (id='b' or id='c')"},
	} {
		for _, text := range append(texts, want) {
			f, err := filter.Parse(text)
			if err != nil || f.String() != want {
				t.Errorf("%s is written %q, not %q; %v", text, f, want, err)
			}
		}
	}
}

// TestAFilterThatCannotBeReadSaysWhere.
func TestAFilterThatCannotBeReadSaysWhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, says string
		kind       geo.Kind
	}{
		{"colour = 'red'", "character 1: there is colour where one of the properties authority, category, class, code", geo.Invalid},
		{`"Code" = 'a'`, "character 1: there is \"Code\" where one of the properties", geo.Invalid},
		{"code = 5", "character 8: there is 5 where a text in single quotes was expected", geo.Invalid},
		{`code = "a"`, "character 8: there is \"a\" where a text in single quotes", geo.Invalid},
		{"名称 = 'a'", "character 1: there is 名称 where one of the properties", geo.Invalid},
		{"state = '完好' 和 code = 'a'", "character 14: there is 和 where AND, OR or the end", geo.Invalid},
		{"state = ‘完好’", "character 9: '‘' has no meaning", geo.Invalid},
		{"code > 'a'", "character 6: '>' has no meaning", geo.Invalid},
		{"code", "character 5: it ends where =, <>, IN,", geo.Invalid},
		{"code NOT = 'a'", "character 10: there is = where IN or LIKE", geo.Invalid},
		{"code IN 'a'", "character 9: there is the text 'a' where ( was", geo.Invalid},
		{"code IN ()", "character 10: there is ) where a text", geo.Invalid},
		{"code IN ('a' 'b')", "character 14: there is the text 'b' where , or ) was", geo.Invalid},
		{"code IN ('a',)", "character 14: there is ) where a text", geo.Invalid},
		{"code IS 'a'", "character 9: there is the text 'a' where NULL", geo.Invalid},
		{"(code = 'a'", "character 12: it ends where AND, OR or )", geo.Invalid},
		{"code = 'a')", "character 11: there is ) where AND, OR or the end", geo.Invalid},
		{"code = 'a", "character 8: the quote that opens there is never closed", geo.Invalid},
		{`"code = 'a'`, "character 1: the quote", geo.Invalid},
		{"code = 'a' AND", "character 15: it ends where a property", geo.Invalid},
		{"'a' = code", "character 1: there is the text 'a' where a property", geo.Invalid},
		{"code LIKE 'a'", "character 11: a pattern is 'beginning%'", geo.Invalid},
		{"code LIKE '%a'", "a pattern is", geo.Invalid},
		{"code LIKE 'a%%'", "a pattern is", geo.Invalid},
		{"code LIKE 'a_%'", "a pattern is", geo.Invalid},
		{`code LIKE 'a\%'`, "a pattern is", geo.Invalid},
		{`code LIKE 'a\n%'`, "a pattern is", geo.Invalid},
		{`code LIKE 'a\`, "never closed", geo.Invalid},
		{"code LIKE a", "character 11: there is a where a text", geo.Invalid},
		{"id = '" + strings.Repeat("长", 60) + "' '" + strings.Repeat("长", 60) + "'", "长…' where AND", geo.Invalid},
		{"code = '\xff'", "not UTF-8", geo.Invalid},
		{strings.Repeat("(", 65) + "code = 'a'" + strings.Repeat(")", 65), "character 65: it is nested deeper than 64", geo.Invalid},
		{strings.Repeat("NOT ", 65) + "code = 'a'", "nested deeper than 64", geo.Invalid},
		{strings.Repeat(" ", 1<<20), "the filter has 1048576 bytes; 8192 are the most", geo.TooLarge},
	} {
		f, err := filter.Parse(c.text)
		if f != nil || geo.KindOf(err) != c.kind || !strings.Contains(geo.Sentence(err), c.says) {
			t.Errorf("%.60s: %v, %v; want %q", c.text, f, err, c.says)
		}
	}
	for _, text := range []string{
		strings.Repeat("(", 64) + "code = 'a'" + strings.Repeat(")", 64),
		strings.Repeat("NOT ", 64) + "code = 'a'",
	} {
		if f, err := filter.Parse(text); err != nil || f.String() != "code = 'a'" {
			t.Errorf("%.60s: %v, %v", text, f, err)
		}
	}
}

// TestWhatAFilterConcerns: it leaves alone the kind of things it says nothing about.
func TestWhatAFilterConcerns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text                  string
		areas, assets, single bool
	}{
		{"", false, false, false},
		{"category = 'a'", false, true, false},
		{"code = 'a'", true, false, false},
		{"department = 'a'", true, true, false},
		{"name = 'a'", true, true, true},
		{"state = 'a' OR NOT id = 'a'", false, true, true},
		{"class = 'a' AND parent = 'a'", true, false, false},
		{"authority = 'a' AND owner = 'b' AND maintainer = 'c' AND standard = 'd'", false, true, false},
	} {
		f, err := filter.Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := []bool{f.ConcernsAreas(), f.ConcernsAssets(), f.Single()}; !slices.Equal(got, []bool{c.areas, c.assets, c.single}) {
			t.Errorf("%s: areas, assets, single are %v", c.text, got)
		}
	}
}
