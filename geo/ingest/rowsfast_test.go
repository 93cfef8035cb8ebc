package ingest

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// fails is a test of either kind.
type fails interface{ Fatalf(string, ...any) }

// same fails when the fast way says anything else of a stream than the plain one.
func same(t fails, content string, in io.Reader, o RowOptions) {
	var want, got []string
	plain := plainRows(strings.NewReader(content), o, func(r Row) { want = append(want, said(r)) })
	r, err := NewRows(in, o)
	if err != nil {
		if len(want) > 0 {
			t.Fatalf("%q is refused (%v), but has %d rows", content, err, len(want))
		}
		return
	}
	for row, err := range r.All(context.Background()) {
		if err != nil {
			t.Fatalf("%q: %v, the plain way %v", content, err, plain)
		}
		if cells := plainCSV(row.Cells, len(r.Columns)); r.Format == CSV && string(row.AppendCSV(nil, len(r.Columns))) != cells {
			t.Fatalf("%q is written as %q", cells, row.AppendCSV(nil, len(r.Columns)))
		}
		got = append(got, said(row))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Fatalf("%q\nis read as\n%s\nplainly as\n%s", content, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func said(r Row) string {
	return fmt.Sprintf("%d %q %s %v %v", r.Line, r.Cells, r.JSON, r.Point, r.Err)
}

// plainCSV is what encoding/csv writes for the first width cells.
func plainCSV(cells []string, width int) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	even := make([]string, width)
	copy(even, cells)
	_ = w.Write(even)
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// inPieces reads a text by odd lengths.
func inPieces(content string, size int) io.Reader {
	return &pieces{strings.NewReader(content), size}
}

type pieces struct {
	in   io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.in.Read(b[:min(len(b), p.size)]) }

func TestTheFastWaySaysWhatThePlainOneDoes(t *testing.T) {
	t.Parallel()
	for format, bits := range map[Format][]string{
		CSV: {",", ",", ",", "\n", "\n", "\r\n", "\r", `"`, `"`, `""`, ";", "\t", "120.5", "30", "-0", "1e1", "+3", ".5", "5.", "0x1p3", "120.12345678901234567", "NaN", "x", " ", "\u3000", "中", `\.`, "\ufffd", "\xff", "\x00",
			"\n1,120,30", "\n\"a\",120,30", "\n2,\"120\n\",30", "\n3,200,100", "\n5,60,120"},
		NDJSON: {"{", "}", `"lon"`, `"lat"`, `"lng"`, `"Lon"`, `""`, ":", ",", "\n", "\r\n", " ", "120.5", "-30", "1e1", "01", "1.", "-", `"12.5"`, `" 3 "`, "null", "true", "fals", "[1]", `"\u0041"`, `"a\\"`, `"中"`, "\xff", "\x01", "\u3000",
			"\n{\"lon\":1,\"lat\":2}", "\n{\"id\":\"a\",\"lon\":1.5,\"lat\":2,\"k\":null}", "\n{\"lon\":1,\"lat\":2,\"lon\":3}", "\n{\"lng\":1,\"lat\":2}", "\n{\"lat\":2,\"a\":{},\"lon\":181}", ",\"lon\":7", ",\"lat\":\"8\"}"},
	} {
		t.Run(string(format), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				content := strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 0, 60).Draw(t, "bits"), "")
				if format == CSV {
					content = rapid.SampledFrom([]string{"id,lon,lat\n", "lon;lat\n", "lat\tx\tlon\r\n", "\n \nlon,\"la\"\"t\"\n", "lon,lat,\"a\nb\"\n"}).Draw(t, "head") + content
				}
				o := RowOptions{Format: format, Options: Options{Encoding: "utf-8", CRS: rapid.SampledFrom([]string{"", "GCJ-02"}).Draw(t, "crs")}}
				if rapid.IntRange(0, 9).Draw(t, "named") == 0 {
					o.Lon, o.Lat = "lon", rapid.SampledFrom([]string{"lat", "id", ""}).Draw(t, "lat")
				}
				same(t, content, inPieces(content, rapid.IntRange(1, 30).Draw(t, "size")), o)
			})
		})
	}
}

// A quoted cell that is never closed, or not within the limit, must cost one line, and the
// same wherever the stream was cut.
func TestARowIsTheSameWhereverTheStreamIsCut(t *testing.T) {
	t.Parallel()
	bits := []string{"a", "bc", ",", "\n", "\r\n", "\r", `"`, `"`, `""`, " ", "\n\"", "\",", "0123456789"}
	rapid.Check(t, func(t *rapid.T) {
		content := "a,b\n" + strings.Join(rapid.SliceOfN(rapid.SampledFrom(bits), 0, 80).Draw(t, "bits"), "")
		limit := rapid.IntRange(20, 60).Draw(t, "limit")
		fast, err := newTable(newBlocks(inPieces(content, rapid.IntRange(1, 50).Draw(t, "size")), limit))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := newPlainTable(strings.NewReader(content), limit)
		if err != nil {
			t.Fatal(err)
		}
		for {
			cells, err := fast.next()
			want, judge := plain.next()
			if errors.Is(err, io.EOF) && errors.Is(judge, io.EOF) {
				return
			}
			if fast.line != plain.line || fmt.Sprint(err) != fmt.Sprint(judge) || fmt.Sprintf("%q", cells) != fmt.Sprintf("%q", want) {
				t.Fatalf("%q, limit %d\nline %d: %q, %v\nplain line %d: %q, %v", content, limit, fast.line, cells, err, plain.line, want, judge)
			}
		}
	})
}

func TestANumberIsReadToTheLastBit(t *testing.T) {
	t.Parallel()
	check := func(t fails, s string) {
		v, ok := decimal(s)
		if want, err := strconv.ParseFloat(s, 64); ok && (err != nil || math.Float64bits(v) != math.Float64bits(want)) {
			t.Fatalf("%q is read as %v, it is %v (%v)", s, v, want, err)
		}
	}
	for _, s := range []string{"", "-", ".", "-.", "0", "-0", "-0.0", "00.5", ".5", "5.", "1..2", "1.2.3", "9007199254740992", "9007199254740993", "-73.84421521958048", "0.30000000000000004", "--1", "1-", "１"} {
		check(t, s)
	}
	if v, ok := decimal("-73.84421521958048"); !ok || v != -73.84421521958048 {
		t.Error("a usual number takes the slow way")
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringMatching(`-?[0-9]{0,12}\.?[0-9]{0,14}`).Draw(t, "s"))
		check(t, strconv.FormatFloat(rapid.Float64Range(-180, 180).Draw(t, "v"), 'f', rapid.IntRange(-1, 17).Draw(t, "places"), 64))
	})
}

func FuzzFastRows(f *testing.F) {
	f.Add([]byte("lon,lat\n1,2\n\"a\nb\",3\n"), byte(3))
	f.Add([]byte(`{"lon":120,"lat":30,"a":"b"}`+"\n{}\nnull\n"+`{"lon":"1","lat":[]}`), byte(5))
	f.Fuzz(func(t *testing.T, content []byte, size byte) {
		for _, format := range []Format{CSV, NDJSON} {
			same(t, string(content), inPieces(string(content), int(size)+1), RowOptions{Format: format, Options: Options{Encoding: "utf-8"}})
		}
	})
}

// A stream that breaks off has been answered up to there.
func TestWhatCameBeforeABreakIsAnswered(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	r, err := NewRows(io.MultiReader(strings.NewReader("lon,lat\n1,2\n3,4\n5,\"6\n7"), iotest.ErrReader(broken)), RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for row, err := range r.All(t.Context()) {
		switch {
		case err != nil && (!errors.Is(err, broken) || n != 2 || row.Line != 4):
			t.Errorf("after %d rows, in line %d: %v", n, row.Line, err)
		case err == nil:
			n++
		}
	}
}
