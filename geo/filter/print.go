package filter

import "strings"

// String is the filter in the one form that all texts of the same meaning as written share:
// keywords in capitals, no parentheses but those needed, texts of an IN sorted. [Parse]
// reads it as the same filter. It is empty for nil.
func (f *Filter) String() string {
	if f == nil {
		return ""
	}
	var b strings.Builder
	f.root.print(&b)
	return b.String()
}

func (n in) print(b *strings.Builder) { n.write(b, " = ", " IN (") }

// write writes the condition with the sign for one text, or the words for several.
func (n in) write(b *strings.Builder, one, several string) {
	b.WriteString(properties[n.property])
	if len(n.texts) == 1 {
		b.WriteString(one)
		quote(b, n.texts[0])
		return
	}
	for i, s := range n.texts {
		if i == 0 {
			b.WriteString(several)
		} else {
			b.WriteString(", ")
		}
		quote(b, s)
	}
	b.WriteByte(')')
}

func (n begins) print(b *strings.Builder) { n.write(b, " LIKE ") }

var escape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func (n begins) write(b *strings.Builder, like string) {
	b.WriteString(properties[n.property])
	b.WriteString(like)
	quote(b, escape.Replace(n.text)+"%")
}

func (n null) print(b *strings.Builder) {
	b.WriteString(properties[n.property])
	b.WriteString(" IS NULL")
}

func (n not) print(b *strings.Builder) {
	switch part := n.part.(type) {
	case in:
		part.write(b, " <> ", " NOT IN (")
	case begins:
		part.write(b, " NOT LIKE ")
	case null:
		b.WriteString(properties[part.property])
		b.WriteString(" IS NOT NULL")
	default:
		b.WriteString("NOT (")
		part.print(b)
		b.WriteByte(')')
	}
}

func (n every) print(b *strings.Builder) {
	for i, part := range n.parts {
		if i > 0 {
			b.WriteString(" AND ")
		}
		if _, looser := part.(some); looser {
			b.WriteByte('(')
			part.print(b)
			b.WriteByte(')')
		} else {
			part.print(b)
		}
	}
}

func (n some) print(b *strings.Builder) {
	for i, part := range n.parts {
		if i > 0 {
			b.WriteString(" OR ")
		}
		part.print(b)
	}
}

func quote(b *strings.Builder, s string) {
	b.WriteByte('\'')
	b.WriteString(strings.ReplaceAll(s, "'", "''"))
	b.WriteByte('\'')
}
