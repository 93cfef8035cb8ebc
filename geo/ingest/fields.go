package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fields are the attributes of one feature or row.
type fields interface {
	// text is a field as text, without blanks around it; false when it is not there. A
	// number is written without exponent or trailing .0, null and blank are "".
	text(name string) (string, bool)
	// names are the fields there are, in no promised order.
	names() iter.Seq[string]
	// rest are the fields that are not used otherwise.
	rest(used []string) attributes
}

// properties are the fields of a GeoJSON feature.
type properties struct {
	members map[string]json.RawMessage
	id      json.RawMessage // of the feature: stands in for a field "id"
}

func (p properties) text(name string) (string, bool) {
	raw, ok := p.members[name]
	if !ok && name == "id" && len(p.id) > 0 {
		raw, ok = p.id, true
	}
	return jsonText(raw), ok
}

func (p properties) names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range p.members {
			if !yield(name) {
				return
			}
		}
		if _, ok := p.members["id"]; !ok && len(p.id) > 0 {
			yield("id")
		}
	}
}

func (p properties) rest(used []string) attributes {
	rest := make(attributes, len(p.members))
	for name, value := range p.members {
		if !slices.Contains(used, name) {
			rest[name] = canonical(value)
		}
	}
	return rest
}

// cells are the fields of a row of a table.
type cells struct {
	columns []string
	values  []string
}

func (c cells) text(name string) (string, bool) {
	if i := slices.Index(c.columns, name); i >= 0 && name != "" {
		return strings.TrimSpace(c.values[i]), true
	}
	return "", false
}

func (c cells) names() iter.Seq[string] { return slices.Values(c.columns) }

func (c cells) rest(used []string) attributes {
	rest := make(attributes, len(c.columns))
	for i, name := range c.columns {
		if name != "" && !slices.Contains(used, name) {
			rest[name] = quote(c.values[i])
		}
	}
	return rest
}

// jsonText is a JSON value as text.
func jsonText(raw json.RawMessage) string {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case raw[0] == '"':
		return strings.TrimSpace(string(unescape(raw)))
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return plainNumber(string(raw))
	}
	return string(raw)
}

// plainNumber writes a JSON number without exponent and trailing .0, when no digit has to
// be made up for that: 101.0 and 1.01e2 are 101, but 3.30103E+14 stays as it is.
func plainNumber(n string) string {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(n), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	fraction = strings.TrimRight(fraction, "0")
	shift, err := strconv.Atoi(exponent)
	switch {
	case exponent == "" && fraction == "":
		return whole
	case err != nil || shift < 0:
		return n
	case shift > len(fraction):
		return fmt.Sprintf("%sE+%02d", mantissa, shift)
	}
	digits := strings.TrimPrefix(whole, "-") + fraction[:shift]
	digits = strings.TrimLeft(digits[:len(digits)-1], "0") + digits[len(digits)-1:]
	if strings.HasPrefix(whole, "-") {
		digits = "-" + digits
	}
	if shift < len(fraction) {
		digits += "." + fraction[shift:]
	}
	return digits
}

// canonical is a JSON value with the keys of its objects sorted, without blanks. Numbers
// stay as they are written.
func canonical(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 || raw[0] != '{' && raw[0] != '[' {
		return raw
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return raw
	}
	return marshal(v)
}

// quote is a text as a JSON string.
func quote(s string) json.RawMessage {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' {
			return marshal(s)
		}
	}
	return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
}

// attributes are fields with their values in canonical JSON.
type attributes map[string]json.RawMessage

// object is the attributes as a JSON object with sorted keys, nil when there are none.
func (a attributes) object() json.RawMessage {
	if len(a) == 0 {
		return nil
	}
	b := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(a)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, quote(name)...), ':'), a[name]...)
	}
	return append(b, '}')
}

// marshal is json.Marshal for what cannot fail, with < > & left as they are.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
