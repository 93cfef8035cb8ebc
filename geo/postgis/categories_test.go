package postgis_test

import (
	"testing"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

func TestCategoriesOfACityJoinTheBuiltInOnes(t *testing.T) {
	t.Parallel()
	store, _ := open(t)
	key := geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Component, Code: "0101"}
	own := geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Component, Code: "2101"}
	class := geo.CategoryKey{Standard: "CJ/T 214-2007", Kind: geo.Component, Code: "21"}
	out, err := store.ImportCategories(t.Context(), []geo.Category{
		{CategoryKey: key, Name: "自来水井盖", NameEN: "Tap-water cover", Parent: "01"},
		{CategoryKey: own, Name: "共享雨伞架", Parent: "21", Visibility: geo.Public},
		{CategoryKey: class, Name: "扩展部件"},
	}, false)
	check(t, err)
	if want := (postgis.Outcome{Read: 3, Added: 2, Changed: 1}); out != want {
		t.Errorf("%+v", out)
	}
	all, err := store.LoadAll(t.Context())
	check(t, err)
	found := map[geo.CategoryKey]geo.Category{}
	for _, c := range all.Categories {
		found[c.CategoryKey] = c
	}
	if c := found[key]; c.Name != "自来水井盖" || c.Family != "井盖" || c.Source == "" || c.Visibility != geo.Protected {
		t.Errorf("%+v lost what the file did not say", c)
	}
	if c := found[own]; c.Parent != "21" || c.Visibility != geo.Public {
		t.Errorf("%+v", c)
	}
	for _, c := range []geo.Category{
		{CategoryKey: own, Name: "x", Parent: "99"},
		{CategoryKey: own, Name: "x", Parent: "0101"},
		{CategoryKey: own, Parent: "21"},
		{CategoryKey: geo.CategoryKey{Standard: "x", Kind: "thing", Code: "1"}, Name: "x"},
	} {
		_, err := store.ImportCategories(t.Context(), []geo.Category{c}, false)
		refused(t, err, geo.Invalid, c.Code)
	}
}
