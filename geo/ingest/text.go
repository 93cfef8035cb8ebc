package ingest

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"gridwarden/geo"
)

// text gives the content of r as UTF-8 without a mark. Bytes that are none in the file's
// encoding come through as they are or as U+FFFD: [legible] finds both, where the row or
// feature that holds them can be named.
func text(r *bufio.Reader, encoding string) (io.Reader, error) {
	mark, _ := r.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte{0xef, 0xbb, 0xbf}):
		_, err := r.Discard(3)
		return r, err
	case bytes.HasPrefix(mark, []byte{0xff, 0xfe}), bytes.HasPrefix(mark, []byte{0xfe, 0xff}):
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
		return transform.NewReader(r, utf16.NewDecoder()), nil
	}
	switch strings.ToLower(encoding) {
	case "", "auto":
		return &guessed{r: r}, nil
	case "utf-8", "utf8":
		return r, nil
	case "gbk":
		return transform.NewReader(r, simplifiedchinese.GBK.NewDecoder()), nil
	case "gb18030":
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder()), nil
	}
	return nil, geo.Errorf(geo.Invalid, "%q is not an encoding known here: use auto, utf-8, gbk or gb18030", encoding)
}

// guessed finds the encoding out at the first byte that is not ASCII: until there it
// makes no difference.
type guessed struct {
	r    *bufio.Reader
	text io.Reader // once decided
}

func (g *guessed) Read(p []byte) (int, error) {
	if g.text != nil {
		return g.text.Read(p)
	}
	if _, err := g.r.Peek(1); err != nil {
		return 0, err
	}
	ahead, _ := g.r.Peek(g.r.Buffered())
	if n := ascii(ahead); n > 0 {
		n, err := g.r.Read(p[:min(n, len(p))])
		return n, err
	}
	sample, _ := g.r.Peek(window)
	g.text = g.r
	if looksGB18030(sample) {
		g.text = transform.NewReader(g.r, simplifiedchinese.GB18030.NewDecoder())
	}
	return g.text.Read(p)
}

// ascii is the length of the run of ASCII that b begins with.
func ascii(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

// looksGB18030 tells whether a sample is clean GB18030 and far from UTF-8. A UTF-8 text
// with some broken bytes stays UTF-8, so that the rows with the broken bytes are named.
func looksGB18030(sample []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(sample); {
		r, n := utf8.DecodeRune(sample[i:])
		switch {
		case r == utf8.RuneError && n <= 1 && !utf8.FullRune(sample[i:]):
			i = len(sample) // cut off by the end of the sample
			continue
		case r == utf8.RuneError && n <= 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	if bad == 0 || good > 3*bad {
		return false
	}
	plain, _, _ := transform.Bytes(simplifiedchinese.GB18030.NewDecoder(), sample)
	broken := bytes.IndexRune(plain, utf8.RuneError)
	return broken < 0 || broken > len(plain)-2*utf8.UTFMax // only cut off by the end
}

// legible tells whether text came out of its encoding whole.
func legible(t string) bool {
	return utf8.ValidString(t) && !strings.Contains(t, "\uFFFD") && strings.IndexByte(t, 0) < 0
}

// holdsNUL tells whether a JSON value writes the character 0 in a text.
func holdsNUL(value []byte) bool {
	for rest, found := value, true; found; {
		var before []byte
		before, rest, found = bytes.Cut(rest, []byte(`\u0000`))
		escaped := len(before) - len(bytes.TrimRight(before, `\`)) // the backslash itself, when odd
		if found && escaped%2 == 0 {
			return true
		}
	}
	return false
}

// illegible says what to do about a text that is not [legible].
func illegible() geo.Said {
	return geo.Say("the text is not in the encoding it was read in, or was damaged before: save the file as UTF-8, or name its encoding (--encoding gb18030 for files of Chinese spreadsheets)")
}
