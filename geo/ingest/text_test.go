package ingest_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"gridwarden/geo/ingest"
)

func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAnySpreadsheetsEncodingIsUnderstood(t *testing.T) {
	t.Parallel()
	plain := "code,name,parent,aliases\nD1,下城区城市管理局,,城管局；城管\nD2,杭州市水务集团,D1,\n"
	tabs := strings.ReplaceAll(plain, ",", "\t")
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for name, c := range map[string]struct{ content, encoding string }{
		"utf-8":            {plain, ""},
		"utf-8 by name":    {plain, "UTF-8"},
		"utf-8 with mark":  {"\ufeff" + plain, "auto"},
		"mark beats name":  {"\ufeff" + plain, "gbk"},
		"gbk":              {encoded(t, simplifiedchinese.GBK, plain), ""},
		"gbk by name":      {encoded(t, simplifiedchinese.GBK, plain), "gbk"},
		"gb18030":          {encoded(t, simplifiedchinese.GB18030, plain), ""},
		"gb18030 by name":  {encoded(t, simplifiedchinese.GB18030, plain), "gb18030"},
		"unicode text":     {encoded(t, utf16, tabs), ""},
		"semicolons":       {strings.NewReplacer(",", ";", "；", "|").Replace(plain), ""},
		"windows newlines": {strings.ReplaceAll(plain, "\n", "\r\n"), ""},
		"blank tail":       {plain + ",,,\n\n,,,\n", ""},
		"quoted":           {strings.Replace(plain, "下城区城市管理局", `"下城区城市管理局"`, 1), ""},
	} {
		got, err := ingest.ReadDepartments(t.Context(), write(t, "d.csv", c.content), c.encoding)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(got) != 2 || got[0].Name != "下城区城市管理局" || len(got[0].Aliases) != 2 || got[0].Aliases[1] != "城管" || got[1].Parent != "D1" {
			t.Errorf("%s: read %+v", name, got)
		}
	}
}

func TestTheEncodingIsFoundHoweverLateChineseBegins(t *testing.T) {
	t.Parallel()
	content := "k,note,lon,lat\n" + strings.Repeat("a,plain,120,30\n", 9_000) + "a,养护单位未定,120,30\n"
	for name, c := range map[string]string{"utf-8": content, "gbk": encoded(t, simplifiedchinese.GBK, content)} {
		all := mustAssets(t, ingest.AssetOptions{Category: "k"}, "late.csv", c)
		if got := string(all[len(all)-1].Attributes); len(all) != 9_001 || !strings.Contains(got, "养护单位未定") {
			t.Errorf("%s: %d assets, the last has %s", name, len(all), got)
		}
	}
}

func TestTextInAnotherEncodingIsNamedByRowAndColumn(t *testing.T) {
	t.Parallel()
	gbk := encoded(t, simplifiedchinese.GBK, "code,name\nD1,office\nD2,水务集团\n")
	_, err := ingest.ReadDepartments(t.Context(), write(t, "d.csv", gbk), "utf-8")
	told(t, err, "d.csv, line 3", `column "name"`, "gb18030")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "code,name\nD1,水务集团城市管理局\nD2,养护\xff所\n"), "")
	told(t, err, "d.csv, line 3", `column "name"`)
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", encoded(t, simplifiedchinese.GBK, "code,name,名称\nD1,a,b\n")), "utf-8")
	told(t, err, "d.csv", "column 3 of the header")
	_, err = ingest.ReadDepartments(t.Context(), write(t, "d.csv", "code,name\n"), "big5")
	told(t, err, `"big5"`, "gb18030")
}

func TestGeoJSONInGBKIsUnderstood(t *testing.T) {
	t.Parallel()
	content := collection(square(`{"code":"A","name":"下城区"}`, 120), square(`{"code":"B","name":"诚"}`, 121))
	for _, name := range []string{"", "gbk"} {
		areas := mustRead(t, encoded(t, simplifiedchinese.GBK, content), ingest.AreaOptions{Options: ingest.Options{Encoding: name}})
		if areas[0].Name != "下城区" || areas[1].Name != "诚" {
			t.Errorf("read %+v", areas)
		}
	}
	// 誠 ends in a byte that is a backslash in ASCII.
	areas := mustRead(t, encoded(t, simplifiedchinese.GBK, collection(square(`{"code":"A","name":"俓乗"}`, 120))), ingest.AreaOptions{})
	if areas[0].Name != "俓乗" {
		t.Errorf("read %q", areas[0].Name)
	}
}
