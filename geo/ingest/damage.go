package ingest

import (
	"regexp"
	"strings"
	"unicode"

	"gridwarden/geo"
)

// scientific is how spreadsheets show numbers of more than 11 digits, and how programs
// print them.
var scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+\d{2,}$`)

// maxCode is the longest code, in bytes: room for a long name in place of one.
const maxCode = 250

// undamaged refuses a code that a spreadsheet has turned into a rounded number, and one
// that nobody could type again: with signs that cannot be seen, or without an end.
func undamaged(field, code string) error {
	switch {
	case scientific.MatchString(code):
		return geo.Errorf(geo.Faulty, "field %q is %s: a spreadsheet has rounded the code and its digits are lost; format the column as text and export it again", field, code)
	case len(code) > maxCode:
		return geo.Errorf(geo.Faulty, "field %q is %q, %d bytes long where %d are the most: name the field that holds the code", field, shorten(code), len(code), maxCode)
	case strings.HasPrefix(code, "{"), strings.HasPrefix(code, "["):
		return geo.Errorf(geo.Faulty, "field %q is %q, which is no code: write a text or a number", field, shorten(code))
	}
	if i := strings.IndexFunc(code, unseen); i >= 0 {
		return geo.Errorf(geo.Faulty, "field %q is %q: it holds a sign that cannot be seen, such as a line break; take it out", field, shorten(code))
	}
	return nil
}

// unseen tells control and format characters: line breaks, zero-width blanks, marks that
// turn the direction of writing.
func unseen(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }

// serialDay is a day as spreadsheets count them: 1955 to 2064.
var serialDay = regexp.MustCompile(`^[2-5]\d{4}(\.\d+)?$`)

// dated refuses a date that a spreadsheet has turned into its serial number.
func dated(field, value string) error {
	if serialDay.MatchString(value) {
		return geo.Errorf(geo.Faulty, "field %q is %s: that is the serial number a spreadsheet has for a date; write it as 2026-07-01", field, value)
	}
	return nil
}

// isDateField tells the names that the standards have for dates.
func isDateField(name string) bool {
	switch strings.ToLower(name) {
	case "csrq", "bgrq", "ordate", "chdate", "初始日期", "变更日期", "初始时间", "变更时间", "终止时间", "终止日期", "valid_until", "valid_from":
		return true
	}
	return false
}

// column watches the codes of one field through a whole file for what can only be seen
// of many: digits beyond the 15th that all became zeros, and lost leading zeros. It takes
// the same memory for a file of any length.
type column struct {
	field string

	long   int        // numbers of 16 digits and more
	tail   int        // their digits beyond the 15th
	zeros  int        // those of them that are 0
	tailAt geo.Source // the first

	lengths [40]digits // by the number of digits
}

// digits counts the codes that are numbers of one length.
type digits struct {
	count  int
	zeroed int // those with a leading zero
	first  geo.Source
	code   string // the first
}

// add takes the next code. What is wrong with it alone comes back at once.
func (c *column) add(code string, source geo.Source) error {
	if err := undamaged(c.field, code); err != nil {
		return err
	}
	n := len(code)
	if n == 0 || n >= len(c.lengths) || strings.Trim(code, "0123456789") != "" {
		return nil
	}
	d := &c.lengths[n]
	if d.count == 0 {
		d.first, d.code = source, code
	}
	d.count++
	if code[0] == '0' {
		d.zeroed++
	}
	if n > 15 {
		if c.long == 0 {
			c.tailAt = source
		}
		c.long++
		c.tail += n - 15
		c.zeros += strings.Count(code[15:], "0")
	}
	return nil
}

// faults is what is wrong with the column as a whole. Fewer than three digits may be zeros
// by chance: the hundredth lamp of a street has an honest number.
func (c *column) faults() []error {
	var all []error
	if c.tail >= 3 && c.zeros == c.tail {
		all = append(all, faultAt(c.tailAt, "field %q: all %d codes of 16 and more digits end in zeros after the 15th digit, as a spreadsheet leaves them: their last digits are lost; format the column as text and export it again from the source", c.field, c.long))
	}
	total := 0
	for _, d := range c.lengths {
		total += d.count
	}
	for n := 2; n < len(c.lengths); n++ {
		whole, short := c.lengths[n], c.lengths[n-1]
		if whole.zeroed > 0 && 2*whole.count > total && short.count > 0 && short.zeroed == 0 {
			all = append(all, faultAt(short.first, "field %q is %s%s: most codes of the field have %d digits and some begin with 0, so a spreadsheet has probably dropped the leading zero; format the column as text and export it again", c.field, short.code, andMore(short.count-1), n))
		}
	}
	return all
}

// take is the code of a record in this field, watched; "" when the column has no field.
func (c *column) take(rec record) (string, error) {
	if c.field == "" {
		return "", nil
	}
	code, _ := rec.fields.text(c.field)
	return code, c.add(code, rec.source)
}
