package filter_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/filter"
)

// said is a filter's text with a judge's own answer for a thing, given as its properties:
// "yes", "no" or "null". The judge shares nothing with the package but this map.
type said struct {
	text  string
	judge func(map[string][]string) string
}

var (
	words = []string{"a", "ab", "abc", "b", "完好", "完好无损", "'", "%", "_x"}
	names = []string{"authority", "category", "class", "code", "department", "id", "maintainer", "name", "owner", "parent", "standard", "state"}
)

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func choice(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func conditions(t *rapid.T) said {
	name := rapid.SampledFrom(names).Draw(t, "name")
	asked := func(text string, ask func(string) bool) said {
		return said{text, func(thing map[string][]string) string {
			if len(thing[name]) == 0 {
				return "null"
			}
			return choice(slices.ContainsFunc(thing[name], ask))
		}}
	}
	w := rapid.SampledFrom(words).Draw(t, "word")
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return asked(name+" = "+quoted(w), func(v string) bool { return v == w })
	case 1:
		some := rapid.SliceOfN(rapid.SampledFrom(words), 1, 4).Draw(t, "words")
		var list []string
		for _, s := range some {
			list = append(list, quoted(s))
		}
		return asked(strings.ToUpper(name)+" in ("+strings.Join(list, ",")+")", func(v string) bool { return slices.Contains(some, v) })
	case 2:
		pattern := strings.NewReplacer("%", `\%`, "_", `\_`).Replace(w) + "%"
		return asked(`"`+name+`" LIKE `+quoted(pattern), func(v string) bool { return strings.HasPrefix(v, w) })
	}
	return said{name + " IS NULL", func(thing map[string][]string) string { return choice(len(thing[name]) == 0) }}
}

var negations = map[string]string{"yes": "no", "no": "yes", "null": "null"}

func filters(t *rapid.T, depth int) said {
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return conditions(t)
	}
	a := filters(t, depth-1)
	if rapid.IntRange(0, 3).Draw(t, "not") == 0 {
		return said{"NOT (" + a.text + ")", func(thing map[string][]string) string { return negations[a.judge(thing)] }}
	}
	b := filters(t, depth-1)
	joint, strong := "AND", "no"
	if rapid.Bool().Draw(t, "or") {
		joint, strong = "OR", "yes"
	}
	return said{fmt.Sprintf("(%s) %s (%s)", a.text, joint, b.text), func(thing map[string][]string) string {
		x, y := a.judge(thing), b.judge(thing)
		switch {
		case x == strong || y == strong:
			return strong
		case x == "null" || y == "null":
			return "null"
		}
		return negations[strong]
	}}
}

func listed(values ...string) []string {
	return slices.DeleteFunc(values, func(s string) bool { return s == "" })
}

// TestAFilterPicksWhatAnotherReaderOfItPicks: random filters on random things, against a
// judge that works on texts; and the same after being written and read once more.
func TestAFilterPicksWhatAnotherReaderOfItPicks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := filters(t, 4)
		f, err := filter.Parse(s.text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := filter.Parse(f.String())
		if err != nil || again.String() != f.String() {
			t.Fatalf("%s is written %s and then %s, %v", s.text, f, again, err)
		}
		value := func(name string) string {
			return rapid.SampledFrom(append([]string{""}, words...)).Draw(t, name)
		}
		area := geo.Area{Code: geo.AreaCode(value("code")), Name: value("name"), Department: geo.DepartmentCode(value("department")), Parent: geo.AreaCode(value("parent")), Class: value("class")}
		asset := geo.Asset{
			ID: geo.AssetID(value("id")), Name: value("name"), State: value("state"),
			Category:  geo.CategoryKey{Standard: value("standard"), Kind: geo.Component, Code: value("category")},
			Authority: geo.DepartmentCode(value("authority")), Owner: geo.DepartmentCode(value("owner")), Maintainer: geo.DepartmentCode(value("maintainer")),
		}
		picksArea := !f.ConcernsAreas() || s.judge(map[string][]string{
			"code": listed(string(area.Code)), "name": listed(area.Name), "department": listed(string(area.Department)),
			"parent": listed(string(area.Parent)), "class": listed(area.Class),
		}) == "yes"
		picksAsset := !f.ConcernsAssets() || s.judge(map[string][]string{
			"id": listed(string(asset.ID)), "name": listed(asset.Name), "state": listed(asset.State), "standard": listed(asset.Category.Standard),
			"category": listed(asset.Category.Code), "authority": listed(string(asset.Authority)), "owner": listed(string(asset.Owner)),
			"maintainer": listed(string(asset.Maintainer)), "department": listed(string(asset.Authority), string(asset.Owner), string(asset.Maintainer)),
		}) == "yes"
		for _, f := range []*filter.Filter{f, again} {
			if f.Area(&area) != picksArea || f.Asset(&asset) != picksAsset {
				t.Fatalf("%s: area %v, asset %v; the judge says %v, %v", f, f.Area(&area), f.Asset(&asset), picksArea, picksAsset)
			}
		}
		if some, all := f.Category(asset.Category); picksAsset && !some || !picksAsset && all {
			t.Fatalf("%s: of the category some %v, all %v, but this asset %v", f, some, all, picksAsset)
		}
	})
}

// FuzzParse: whatever a client sends is read or refused with a sentence, soon, and what is
// read is written so that it reads the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"category IN ('0101', '0102') AND state <> '完好'", `"code" LIKE '3\%3%' OR NOT (name IS NOT NULL)`, "code = 'a''b'",
		"((((", "NOT NOT", "'", "\"", "a\x00", "code in ('", "like%", strings.Repeat("NOT (", 40),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		start := time.Now()
		parsed, err := filter.Parse(s)
		if took := time.Since(start); took > time.Second {
			t.Fatalf("%d bytes took %v", len(s), took)
		}
		if err != nil {
			if k := geo.KindOf(err); parsed != nil || k != geo.Invalid && k != geo.TooLarge || geo.Sentence(err) == "" {
				t.Fatalf("%q: %v, %v", s, parsed, err)
			}
			return
		}
		text := parsed.String()
		if len(text) > 8192 {
			return // spaces were added
		}
		again, err := filter.Parse(text)
		if err != nil || again.String() != text {
			t.Fatalf("%q is written %q and then %q, %v", s, text, again, err)
		}
		if f, o := parsed.Asset(&lamp), again.Asset(&lamp); f != o {
			t.Fatalf("%q picks %v, written again %v", s, f, o)
		}
	})
}
