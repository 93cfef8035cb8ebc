package postgis_test

import (
	"reflect"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/postgis"
)

func office(code, parent geo.DepartmentCode) geo.Department {
	return geo.Department{Code: code, Name: "单位" + string(code), Parent: parent, Kind: "office"}
}

func TestDepartmentsMergeByCode(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	city := []geo.Department{office("1", ""), office("11", "1"), office("111", "11")}
	city[1].Aliases = []string{"城管局", "城管"}
	city[2].Successor, city[2].ValidUntil = "1", geo.Date{Year: 2026, Month: time.June, Day: 30}
	got, err := store.ImportDepartments(t.Context(), city, false)
	check(t, err)
	if want := (postgis.Outcome{Read: 3, Added: 3}); got != want {
		t.Errorf("%+v", got)
	}
	base, err := store.Base(t.Context())
	check(t, err)
	if !reflect.DeepEqual(base.Departments, city) {
		t.Errorf("got %+v, want %+v", base.Departments, city)
	}
	renamed := city[1]
	renamed.Name, renamed.Aliases = "综合执法局", []string{}
	got, err = store.ImportDepartments(t.Context(), []geo.Department{renamed, city[0]}, false)
	check(t, err)
	if want := (postgis.Outcome{Read: 2, Changed: 1, Unchanged: 1}); got != want {
		t.Errorf("%+v", got)
	}
	got, err = store.ImportDepartments(t.Context(), []geo.Department{renamed}, false)
	check(t, err)
	if want := (postgis.Outcome{Read: 1, Unchanged: 1}); got != want {
		t.Errorf("%+v", got)
	}
	if n := count(t, conn, "SELECT count(*) FROM departments WHERE code = '11'"); n != 2 {
		t.Errorf("%d versions of 11", n)
	}
	if n := count(t, conn, "SELECT count(*) FROM changes"); n != 3 {
		t.Errorf("%d changes, want the built-in one and two imports", n)
	}
}

func TestATreeOfDepartmentsThatCannotBeIsRefusedByName(t *testing.T) {
	t.Parallel()
	store, conn := open(t)
	_, err := store.ImportDepartments(t.Context(), []geo.Department{office("1", ""), office("2", "1"), office("3", "2")}, false)
	check(t, err)
	orphaned := office("9", "")
	orphaned.Successor = "nobody"
	for name, c := range map[string]struct {
		given []geo.Department
		words []string
	}{
		"a fourth level":       {[]geo.Department{office("4", "3")}, []string{"4", "three levels"}},
		"moved down with all":  {[]geo.Department{office("0", ""), office("1", "0")}, []string{"three levels"}},
		"a circle":             {[]geo.Department{office("1", "3")}, []string{"circle"}},
		"its own parent":       {[]geo.Department{office("7", "7")}, []string{"7", "circle"}},
		"no such parent":       {[]geo.Department{office("5", "nobody")}, []string{"5", "nobody", "parent"}},
		"no such successor":    {[]geo.Department{orphaned}, []string{"9", "nobody", "successor"}},
		"twice":                {[]geo.Department{office("8", ""), office("8", "1")}, []string{"8", "twice"}},
		"neither code or name": {[]geo.Department{{Code: "6"}}, []string{"6", "name"}},
	} {
		_, err := store.ImportDepartments(t.Context(), c.given, false)
		t.Log(name, err)
		refused(t, err, geo.Invalid, c.words...)
	}
	if n := count(t, conn, "SELECT count(*) FROM departments"); n != 3 {
		t.Errorf("%d departments", n)
	}
}
