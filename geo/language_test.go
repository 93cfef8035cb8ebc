package geo_test

import (
	"errors"
	"fmt"
	"testing"

	"gridwarden/geo"
)

func TestASentenceIsSaidInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	latitude := geo.Errorf(geo.Invalid, "latitude %v is outside -90…90: longitude and latitude seem to be swapped; the order is longitude, latitude", 120.17)
	turned := "纬度 120.17 超出 -90 至 90，经纬度可能写反了：应先写经度，再写纬度"
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"plain":               {latitude, turned},
		"wrapped":             {geo.Errorf(geo.Faulty, "bbox: %w", latitude), "bbox：" + turned},
		"joined":              {errors.Join(latitude, geo.TooWide(), latitude), turned + "\n" + geo.SentenceIn(geo.TooWide(), geo.Chinese) + "\n" + turned},
		"placed":              {&geo.PlacedError{Source: geo.Source{File: "a.csv", Line: 7}, Err: latitude}, "a.csv 第 7 行：" + turned},
		"in another order":    {&geo.Existing{Source: "12345", ExternalID: "A-1", ID: "R1"}, "12345 的上报 A-1 此前已收到，编号为 R1，请在那一件上更正"},
		"with a state":        {geo.Errorf(geo.Conflict, "the report is %s and cannot be returned any more", geo.Closed), "案件已结案，不能再回退"},
		"of a cause":          {geo.Because(errors.New("pq: secret"), geo.Invalid, "the shape is empty"), "图形是空的，请重新绘制"},
		"of a cause, wrapped": {fmt.Errorf("loading: %w", geo.Because(errors.New("pq: secret"), geo.Invalid, "the shape is empty")), "图形是空的，请重新绘制"},
		"nobody's Chinese":    {geo.Errorf(geo.Invalid, "%s is odd: %w", "G1", latitude), "G1 is odd: " + turned},
		"not ours":            {errors.New("EOF"), "EOF"},
	} {
		if got := geo.SentenceIn(c.err, geo.Chinese); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if got := geo.SentenceIn(c.err, geo.English); got != geo.Sentence(c.err) || got != geo.SentenceIn(c.err, "") {
			t.Errorf("%s, in English: %q, want %q", name, got, geo.Sentence(c.err))
		}
	}
}

func TestEnglishIsWhatTheFormatSays(t *testing.T) {
	t.Parallel()
	args := []any{geo.Closed, 7, geo.Say("%d more", 3), geo.TooWide(), 1.5}
	const format = "%s, %03d, %s (%v) %g"
	want := fmt.Sprintf(format, args...)
	if got := geo.Say(format, args...); got.String() != want || got.In(geo.English) != want {
		t.Errorf("said as %q, want %q", got, want)
	}
	if got := geo.Errorf(geo.Invalid, format, args...); got.Error() != want || geo.Sentence(got) != want {
		t.Errorf("refused as %q, want %q", got, want)
	}
	if got := geo.Joined("%s or %s", []string{"a", "b", "c"}); got.String() != "a or b or c" || got.In(geo.Chinese) != "a 或 b 或 c" {
		t.Errorf("%q, %q", got, got.In(geo.Chinese))
	}
	if !geo.Joined("%s, %s", []string{}).IsZero() {
		t.Error("nothing joined says something")
	}
}
