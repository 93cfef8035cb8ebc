package planning

import (
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

func TestPeopleWriteOneDepartmentManyWays(t *testing.T) {
	departments := []geo.Department{
		{Code: "11", Name: "市路灯管理所", Aliases: []string{"路灯所", "Lamp Office"}},
		{Code: "12", Name: "园林中心", Aliases: []string{"绿化队"}},
		{Code: "13", Name: "下沙绿化", Aliases: []string{"绿化队"}},
		{Code: "14", Name: "路灯所"}, // its name is another's alias: the name wins
	}
	m := NewMatcher(departments, map[string]geo.DepartmentCode{"路灯": "11", "无主": ""})
	for text, want := range map[string]geo.DepartmentCode{
		"11": "11", "市路灯管理所": "11", " 市路灯 管理所　": "11", "lamp office": "11", "ＬＡＭＰ　ＯＦＦＩＣＥ": "11",
		"路灯所": "14", "路灯": "11", "无主": "", "": "", "  ": "",
	} {
		if got, ok := m.Code(text); !ok || got != want {
			t.Errorf("%q: %q %v, want %q", text, got, ok, want)
		}
	}
	if len(m.Unmatched()) != 0 {
		t.Errorf("unmatched: %+v", m.Unmatched())
	}
	for range 3 {
		m.Code("园林中芯")
	}
	if _, ok := m.Code("绿化队"); ok {
		t.Error("a name two departments share was taken for one of them")
	}
	got := m.Unmatched()
	if len(got) != 2 || got[0].Text != "园林中芯" || got[0].Count != 3 || got[0].Code != "12" {
		t.Errorf("unmatched: %+v", got)
	}
}

func TestEditDistanceIsADistance(t *testing.T) {
	text := rapid.SliceOfN(rapid.SampledFrom([]rune("市区街道路灯")), 0, 6)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		ab, ba := editDistance(a, b), editDistance(b, a)
		switch {
		case ab != ba:
			t.Fatalf("%d one way, %d the other", ab, ba)
		case (ab == 0) != (string(a) == string(b)):
			t.Fatalf("distance %d of %q and %q", ab, string(a), string(b))
		case editDistance(a, c) > ab+editDistance(b, c):
			t.Fatal("the way round is shorter")
		}
	})
}
