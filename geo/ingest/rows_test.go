package ingest_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"gridwarden/geo"
	"gridwarden/geo/ingest"
	"gridwarden/geo/realdata"
)

// rows reads a stream to its end: what was said of each row, its point or its error.
func rows(t testing.TB, content string, o ingest.RowOptions) (said []string, all []ingest.Row) {
	t.Helper()
	r, err := ingest.NewRows(strings.NewReader(content), o)
	if err != nil {
		t.Fatal(err)
	}
	for row, err := range r.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
		if row.Err != nil {
			said = append(said, fmt.Sprintf("%d: %v", row.Line, row.Err))
		} else {
			said = append(said, fmt.Sprintf("%d: %v", row.Line, row.Point))
		}
	}
	return said, all
}

func begins(t *testing.T, got []string, want ...string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !strings.HasPrefix(got[i], want[i]) {
			t.Fatalf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestABadRowIsToldInItsPlace(t *testing.T) {
	t.Parallel()
	got, all := rows(t, "id,lat,lon\n1,30.1,120.1\n2,x,120\n\n3,30,\n4,91,200\n5,30.5\n6,\"30.6,120.6\n7,30.7,120.7,,\n8,30.8,1\"20\n\"9\n9\",30.9,120.9\n", ingest.RowOptions{})
	begins(t, got, "2: 120.1000000 30.1000000", `3: field "lat" is "x"`, `5: field "lon" is blank`, "6: the coordinate 200, 91 is outside",
		"7: the row has 2 cells", "8: a quote", "9: 120.7000000 30.7000000", "10: a quote", "11: 120.9000000 30.9000000")
	if len(all[6].Cells) != 3 || all[8].Cells[0] != "9\n9" || len(all[1].Cells) != 3 {
		t.Errorf("cells %q, %q, %q", all[6].Cells, all[8].Cells, all[1].Cells)
	}
}

func TestABadLineOfNDJSONIsToldInItsPlace(t *testing.T) {
	t.Parallel()
	got, all := rows(t, `{"lon":120.1,"lat":30.1,"k":[1]}
nonsense
{"lon":120,"lat":30

[1,2]
null
{"lon":"120.2","lat":"30.2"}
{"lng":120.3,"lat":30.3}
{"lon":"NaN","lat":1}
{"lon":1}
{"lon":null,"lat":1}
{"x":1,"y":2}`, ingest.RowOptions{})
	begins(t, got, "1: 120.1000000 30.1", "2: the line is not a JSON object", "3: the line is not a JSON object", "5: the line is not a JSON object",
		"6: the line is not a JSON object", "7: 120.2000000 30.2", "8: 120.3000000 30.3", `9: field "lon" is "NaN"`, "10: name the fields", `11: field "lon" is blank`, "12: name the fields of the position with --lon and --lat; there are x, y")
	if string(all[0].JSON) != `{"lon":120.1,"lat":30.1,"k":[1]}` || all[1].JSON != nil {
		t.Errorf("objects %s, %s", all[0].JSON, all[1].JSON)
	}
	got, _ = rows(t, `{"x":1,"y":2}`, ingest.RowOptions{Lon: "x", Lat: "y"})
	begins(t, got, "1: 1.0000000 2.0")
}

// A line without an end must not fill the memory, nor hide the lines after it.
func TestAnEndlessLineIsPassedOver(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", ingest.MaxLine+10)
	got, _ := rows(t, "lon,lat\n1,2\n"+long+"\n3,4\n", ingest.RowOptions{})
	begins(t, got, "2: 1.0", "3: the line has more than 1 MB", "4: 3.0")
	got, _ = rows(t, `{"lon":1,"lat":2}`+"\n{"+long+"\n"+`{"lon":3,"lat":4}`, ingest.RowOptions{})
	begins(t, got, "1: 1.0", "2: the line has more than 1 MB", "3: 3.0")
	got, _ = rows(t, "lon,lat\n1,\"2\n"+strings.Repeat("5,6"+strings.Repeat(" ", 252)+"\n", ingest.MaxLine/256), ingest.RowOptions{})
	begins(t, got[:3], "2: a quote", "3: 5.0", "4: 5.0")
	if len(got) != 1+ingest.MaxLine/256 {
		t.Errorf("%d rows", len(got))
	}
	got, _ = rows(t, "lon,lat\n1,\"2\n"+long+"\n3,4\n", ingest.RowOptions{})
	begins(t, got, "2: a quote", "3: the line has more than 1 MB", "4: 3.0")
}

// Lines made to be read again and again must not cost more than their length.
func TestQuotesCannotMakeReadingSlow(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"a\",\"b\n", "\"a\n", "\"\n", "\"\"\"\n", "\"x\",\"\n", ",\"\n1,2\n"} {
		start := time.Now()
		n := 0
		r, err := ingest.NewRows(strings.NewReader("lon,lat\n"+strings.Repeat(line, (1<<18)/len(line))), ingest.RowOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range r.All(t.Context()) {
			if n++; err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q took %v for %d rows", line, took, n)
		}
	}
}

func TestPointsOfAnotherSystemAreConverted(t *testing.T) {
	t.Parallel()
	got, _ := rows(t, "lon,lat\n116.38404722,39.91334546\n", ingest.RowOptions{Options: ingest.Options{CRS: "GCJ-02"}})
	begins(t, got, "2: 116.37781")
	s := &shifter{}
	o := ingest.RowOptions{Lon: "x", Lat: "y", Options: ingest.Options{CRS: "EPSG:4549", Transform: s}}
	got, _ = rows(t, "x,y\n500000,3300000\nn,1\n600000,3300000\n40500000,3300000\n", o)
	begins(t, got, "2: 120.0000000 33.0", `3: field "x" is "n"`, "4: 121.0000000 33.0", "5: the coordinate")
	if s.asked > 6 {
		t.Errorf("asked %d times", s.asked)
	}
	o.CRS = "EPSG:50000"
	r, err := ingest.NewRows(strings.NewReader("x,y\n1,2\n3,4\n"), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.All(t.Context()) {
		told(t, err, "the database is away")
	}
}

func TestAStreamThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]string{
		"":                  "no header line",
		"a,b\n1,2\n":        "--lon and --lat; there are a, b",
		"lon,lat,lon\n1,2":  "two columns",
		"\"lon,lat\n1,2\n":  "a quote",
		"lon,lat\xff\n1,2 ": "header",
	} {
		_, err := ingest.NewRows(strings.NewReader(content), ingest.RowOptions{Format: ingest.CSV, Options: ingest.Options{Encoding: "utf-8"}})
		told(t, err, want)
	}
	_, err := ingest.NewRows(strings.NewReader("lon,lat"), ingest.RowOptions{Options: ingest.Options{CRS: "moon"}})
	told(t, err, "moon")
	_, err = ingest.NewRows(strings.NewReader("lon,lat"), ingest.RowOptions{Options: ingest.Options{Encoding: "ebcdic"}})
	told(t, err, "ebcdic")
	broken := errors.New("the line broke")
	for _, content := range []string{"lon,lat\n1,2\n", `{"lon":1,"lat":2}` + "\n"} {
		r, err := ingest.NewRows(io.MultiReader(strings.NewReader(content), iotest.ErrReader(broken)), ingest.RowOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var last error
		n := 0
		for _, last = range r.All(t.Context()) {
			n++
		}
		if !errors.Is(last, broken) || n != 2 {
			t.Errorf("%d rows, then %v", n, last)
		}
	}
}

// A client may send a point and wait for its answer before it sends the next.
func TestARowIsAnsweredBeforeTheNextIsSent(t *testing.T) {
	t.Parallel()
	for format, lines := range map[ingest.Format][]string{
		ingest.CSV:    {"lon,lat\n", "1,2\n", "3,4\n", "5,6\n"},
		ingest.NDJSON: {"", "{\"lon\":1,\"lat\":2}\n", "{\"lon\":3,\"lat\":4}\n", "{\"lon\":5,\"lat\":6}\n"},
	} {
		in, out := io.Pipe()
		answered := make(chan geo.Coord)
		go func() {
			defer out.Close()
			_, _ = io.WriteString(out, lines[0])
			for i, line := range lines[1:] {
				_, _ = io.WriteString(out, line)
				if c := <-answered; int(c.X) != (2*i+1)*1e7 {
					t.Errorf("%s: row %d is %v", format, i, c)
				}
			}
		}()
		r, err := ingest.NewRows(in, ingest.RowOptions{Format: format, Options: ingest.Options{Encoding: "utf-8"}})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range r.All(t.Context()) {
			if err != nil || row.Err != nil {
				t.Fatal(err, row.Err)
			}
			answered <- row.Point
		}
	}
}

func TestAGBKFileIsLocatedAsItStands(t *testing.T) {
	t.Parallel()
	_, all := rows(t, encoded(t, simplifiedchinese.GBK, "名称,经度,纬度\n下城区,120.15,30.27\n"), ingest.RowOptions{})
	if len(all) != 1 || all[0].Cells[0] != "下城区" || all[0].Err != nil {
		t.Errorf("read %+v", all)
	}
	f, err := ingest.Open(realdata.Path(t, "us-nyc/trees_2015.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := ingest.NewRows(f, ingest.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range r.All(t.Context()) {
		if err != nil || row.Err != nil {
			t.Fatal(err, row.Err)
		}
		n++
	}
	if n != 5000 || r.Columns[0] != "tree_id" {
		t.Errorf("%d trees, columns %q", n, r.Columns)
	}
}
