package propose_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
	"gridwarden/geo/duty"
	"gridwarden/geo/ingest"
	"gridwarden/geo/propose"
	"gridwarden/geo/testsize"
)

// The town of these tests has two layers: wards within boroughs. Ward 17 is in borough 1.
const (
	wards    geo.LayerName = "wards"
	boroughs geo.LayerName = "boroughs"
)

func options() propose.Options {
	return propose.Options{Standard: "town", Subtype: "sub", Layers: []geo.LayerName{wards, boroughs}}
}

// in is where a report of a ward lay; its bodies are named after it.
func in(ward string) []propose.Place {
	return []propose.Place{
		{Layer: wards, Area: geo.AreaCode(ward), Department: geo.DepartmentCode("ward " + ward)},
		{Layer: boroughs, Area: geo.AreaCode(ward[:1]), Department: geo.DepartmentCode("borough " + ward[:1])},
	}
}

func add(h *propose.History, n int, kind, sub, ward string, d geo.DepartmentCode) {
	for range n {
		h.Add(propose.Case{Type: kind, Subtype: sub, Department: d, Places: in(ward)})
	}
}

// table is what was proposed, a row a line.
func table(p *propose.Proposal) string {
	var b strings.Builder
	for _, r := range p.Rules {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%s|%s|%s\n", r.ID, r.Category, r.Layer, r.Area, r.Where, r.Assign, r.Note)
	}
	return b.String()
}

func TestTheAgencyThatGotMostIsProposedWithItsSupport(t *testing.T) {
	h := propose.NewHistory()
	add(h, 2310, "Graffiti", "", "11", "DSNY")
	add(h, 6, "Graffiti", "", "21", "NYPD")
	add(h, 2, "Graffiti", "", "21", "DOT")
	add(h, 1, "Tree, fallen", "", "11", "DPR")
	want := "past-graffiti|Graffiti||||department:DSNY|2,310 of 2,318 (99.7 %); NYPD 6, DOT 2\n" +
		"past-tree-fallen|Tree, fallen||||layer:wards|1 of 1 (100.0 %)\n"
	o := options()
	o.Layers = nil
	if got := table(h.Propose(o)); got != strings.Replace(want, "layer:wards", "department:DPR", 1) {
		t.Errorf("proposed\n%s", got)
	}
}

func TestTheSmallestTableExplainsABoroughByOneRow(t *testing.T) {
	h := propose.NewHistory()
	for _, ward := range []string{"11", "12", "13", "21", "22", "31"} {
		who := geo.DepartmentCode("DEP")
		if ward[0] == '2' {
			who = "DOB"
		}
		add(h, 10, "Sewer", "odour", ward, who)
		add(h, 10, "Sewer", "cover", ward, "DOT")
	}
	want := `past-sewer|Sewer||||department:DOT|60 of 60 (100.0 %)
past-sewer/odour|Sewer|||sub=odour|department:DEP|40 of 40 (100.0 %)
past-sewer@boroughs-2/odour|Sewer|boroughs|2|sub=odour|department:DOB|20 of 20 (100.0 %)
`
	if got := table(h.Propose(options())); got != want {
		t.Errorf("proposed\n%swant\n%s", got, want)
	}
}

func TestABodyThatAnswersOnItsOwnGroundIsProposedByItsLayer(t *testing.T) {
	h := propose.NewHistory()
	for _, ward := range []string{"11", "12", "21", "22"} {
		add(h, 7, "Litter", "", ward, geo.DepartmentCode("ward "+ward))
		add(h, 7, "Stalls", "", ward, geo.DepartmentCode("borough "+ward[:1]))
	}
	add(h, 9, "Litter", "", "31", "PARKS")
	want := `past-litter|Litter||||layer:wards|28 of 28 (100.0 %)
past-litter@boroughs-3|Litter|boroughs|3||department:PARKS|9 of 9 (100.0 %)
past-stalls|Stalls||||layer:boroughs|28 of 28 (100.0 %)
`
	if got := table(h.Propose(options())); got != want {
		t.Errorf("proposed\n%swant\n%s", got, want)
	}
}

func TestTextsThatCannotBeWrittenInACellAreToldAndNotProposed(t *testing.T) {
	h := propose.NewHistory()
	add(h, 9, "Noise*", "", "11", "A")
	add(h, 9, "two\nlines", "", "11", "A")
	add(h, 9, "Lamp", "a|b", "11", "A")
	add(h, 20, "Lamp", "c", "11", "B")
	o := options()
	o.Layers = nil
	p := h.Propose(o)
	if got := table(p); got != "past-lamp|Lamp||||department:B|20 of 29 (69.0 %); A 9\n" {
		t.Errorf("proposed\n%s", got)
	}
	if !slices.Equal(p.Unusable, []string{"Noise*", "two\nlines"}) {
		t.Errorf("unusable are %q", p.Unusable)
	}
}

func TestTypesWithoutAClearWinnerAreMarked(t *testing.T) {
	h := propose.NewHistory()
	add(h, 30, "Water", "", "11", "311")
	add(h, 20, "Water", "", "11", "DEP")
	add(h, 30, "Lamp", "", "11", "DOT")
	p := h.Propose(propose.Options{})
	if len(p.Types) != 2 || p.Types[0].Divided || !p.Types[1].Divided || p.Types[1].Right != 30 {
		t.Errorf("types are %+v", p.Types)
	}
}

func TestTwoTypesThatLookAlikeGetTwoIDs(t *testing.T) {
	h := propose.NewHistory()
	for _, name := range []string{"A-B", "A B", "噪音", "!"} {
		add(h, 1, name, "", "11", "X")
	}
	var ids []geo.RuleID
	for _, r := range h.Propose(propose.Options{}).Rules {
		ids = append(ids, r.ID)
	}
	if want := []geo.RuleID{"past-", "past-a-b", "past-a-b-2", "past-噪音"}; !slices.Equal(ids, want) {
		t.Errorf("ids are %q, want %q", ids, want)
	}
}

// rules of a town that answer by area, subtype or both.
type rules map[[3]string]geo.DepartmentCode // type, area of wards or boroughs, subtype

// answer looks as duty rows do: the ward before the borough before none, each with the
// subtype first.
func (r rules) answer(kind, sub, ward string) geo.DepartmentCode {
	for _, area := range []string{ward, ward[:1], ""} {
		for _, s := range []string{sub, ""} {
			if d := r[[3]string{kind, area, s}]; d != "" {
				return d
			}
		}
	}
	return ""
}

// proposed answers by a table as duty rows do, straightforwardly.
func proposed(p *propose.Proposal, c propose.Case) geo.DepartmentCode {
	rank := func(r geo.DutyRow) int {
		n := 2 * slices.Index([]string{string(wards), string(boroughs), ""}, r.Layer)
		if r.Where == "" {
			n++
		}
		return n
	}
	rows := slices.Clone(p.Rules)
	slices.SortStableFunc(rows, func(a, b geo.DutyRow) int { return rank(a) - rank(b) })
	for _, r := range rows {
		where, err := duty.ParseWhere(r.Where)
		assign, wrong := duty.ParseAssign(r.Assign)
		here := r.Layer == "" || slices.ContainsFunc(c.Places, func(p propose.Place) bool { return string(p.Layer) == r.Layer && string(p.Area) == r.Area })
		if err != nil || wrong != nil || r.Category != c.Type || !here || where.Eval(func(string) (string, bool) { return c.Subtype, true }) != duty.True {
			continue
		}
		if assign.To == duty.ToDepartment {
			return assign.Department
		}
		for _, p := range c.Places {
			if p.Layer == assign.Layer {
				return p.Department
			}
		}
	}
	return ""
}

var (
	allWards = []string{"11", "12", "13", "21", "22", "31"}
	allSubs  = []string{"a", "b", "c"}
	allTypes = []string{"lamp", "litter"}
)

func drawRules(t *rapid.T) rules {
	r := rules{}
	who := rapid.SampledFrom([]geo.DepartmentCode{"P", "Q", "R", "S"})
	for _, kind := range allTypes {
		r[[3]string{kind, "", ""}] = who.Draw(t, kind)
		for range rapid.IntRange(0, 4).Draw(t, "exceptions") {
			area := rapid.SampledFrom([]string{"", "1", "2", "3", "11", "12", "22"}).Draw(t, "area")
			sub := rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "sub")
			r[[3]string{kind, area, sub}] = who.Draw(t, "who")
		}
	}
	return r
}

func everyCase(visit func(kind, sub, ward string)) {
	for _, kind := range allTypes {
		for _, sub := range allSubs {
			for _, ward := range allWards {
				visit(kind, sub, ward)
			}
		}
	}
}

func TestAHistoryMadeByRulesGivesRulesThatAnswerTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, h := drawRules(t), propose.NewHistory()
		everyCase(func(kind, sub, ward string) { add(h, 12, kind, sub, ward, r.answer(kind, sub, ward)) })
		p := h.Propose(options())
		everyCase(func(kind, sub, ward string) {
			c := propose.Case{Type: kind, Subtype: sub, Places: in(ward)}
			if got, want := proposed(p, c), r.answer(kind, sub, ward); got != want {
				t.Fatalf("%s %s in %s: %s, want %s by %v; proposed\n%s", kind, sub, ward, got, want, r, table(p))
			}
		})
		reports, right := p.Cases()
		if reports != right || reports != 12*len(allTypes)*len(allSubs)*len(allWards) {
			t.Fatalf("%d of %d told right", right, reports)
		}
	})
}

func TestNoiseMakesNoExceptions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		h := propose.NewHistory()
		for range testsize.N(3_000, 30_000) {
			who := geo.DepartmentCode("RIGHT")
			if random.IntN(20) == 0 {
				who = geo.DepartmentCode(fmt.Sprintf("WRONG%d", random.IntN(2)))
			}
			add(h, 1, "noise", allSubs[random.IntN(3)], fmt.Sprintf("%d%d", 1+random.IntN(5), 1+random.IntN(9)), who)
		}
		if p := h.Propose(options()); len(p.Rules) != 1 || p.Rules[0].Assign != "department:RIGHT" {
			t.Fatalf("proposed\n%s", table(p))
		}
	})
}

func TestProposedRowsAreReadFromAFileAsTheyWereWritten(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		h, text := propose.NewHistory(), rapid.StringOfN(rapid.SampledFrom([]rune("ab 1*|;=,\"井（）＊；\n\u200b")), 0, 6, -1)
		for range rapid.IntRange(1, 6).Draw(t, "types") {
			kind, sub, who := text.Draw(t, "type"), text.Draw(t, "sub"), rapid.SampledFrom([]geo.DepartmentCode{"P", "Q"}).Draw(t, "who")
			add(h, rapid.IntRange(1, 20).Draw(t, "n"), kind, sub, "11", who)
		}
		p := h.Propose(options())
		if len(p.Rules) == 0 {
			return
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		_ = w.Write(duty.RuleColumns) // to memory: cannot fail
		for _, r := range p.Rules {
			_ = w.Write(duty.FormatRule(r))
		}
		w.Flush()
		path := filepath.Join(dir, "rules.csv")
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		read, _, err := ingest.ReadRules(context.Background(), path, "utf-8")
		if err != nil || !reflect.DeepEqual(read, p.Rules) {
			t.Fatalf("read %+v, %v; proposed %+v", read, err, p.Rules)
		}
	})
}

func TestTheOrderOfReportsDoesNotCount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRules(t)
		var cases []propose.Case
		everyCase(func(kind, sub, ward string) {
			for range rapid.IntRange(0, 9).Draw(t, "n") {
				cases = append(cases, propose.Case{Type: kind, Subtype: sub, Places: in(ward), Department: r.answer(kind, sub, ward)})
			}
		})
		want := ""
		for _, order := range [][]propose.Case{cases, rapid.Permutation(cases).Draw(t, "order")} {
			h := propose.NewHistory()
			for _, c := range order {
				h.Add(c)
			}
			got := table(h.Propose(options()))
			if want != "" && got != want {
				t.Fatalf("proposed\n%sand then\n%s", want, got)
			}
			want = got
		}
	})
}
