package index

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridwarden/geo"
)

// TestEveryAreaIsFoundByAnyPartOfItsName, and no other, through changes.
func TestEveryAreaIsFoundByAnyPartOfItsName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringOfN(rapid.RuneFrom([]rune("0aA荷池Ａ")), 0, 4, -1)
		s, number := Empty(), geo.AreaID(0)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			c := &geo.Changes{From: s.Position(), To: geo.Position{Sequence: s.Position().Sequence + 1}}
			if number == 0 {
				c.Layers = []geo.Layer{{Name: "parks", Kind: geo.Overlay}}
			}
			for _, name := range rapid.SliceOfN(words, 1, 5).Draw(t, "names") {
				number++
				c.Areas = append(c.Areas, &geo.Area{ID: number, Layer: "parks", Code: geo.AreaCode(fmt.Sprintf("A%d", number)), Name: name})
			}
			var err error
			if s, err = s.Apply(c); err != nil {
				t.Fatal(err)
			}
			text := Fold(words.Filter(func(s string) bool { return s != "" }).Draw(t, "text"))
			var want, got []geo.AreaCode
			for a := range s.Areas("parks", "") {
				if strings.Contains(Fold(string(a.Code)), text) || strings.Contains(Fold(a.Name), text) {
					want = append(want, a.Code)
				}
			}
			for a := range s.AreasNamed("parks", text) {
				got = append(got, a.Area.Code)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%q finds %v, want %v", text, got, want)
			}
		}
	})
}

func TestFoldingTwiceIsFoldingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		if once := Fold(text); Fold(once) != once {
			t.Fatalf("%q is folded to %q and then to %q", text, once, Fold(once))
		}
	})
	if got := Fold("ＮＯ．１　Grid 荷池"); got != "no.1 grid 荷池" {
		t.Error(got)
	}
}
