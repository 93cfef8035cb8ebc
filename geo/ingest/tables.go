package ingest

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"gridwarden/geo"
)

// form is what a table must look like.
type form struct {
	required []string
	// column says which column a heading means, and whether it means any; nil: headings
	// mean themselves, and those that nobody asks for are passed over.
	column func(heading string) (string, bool)
	rows   int   // at most; 0: as many as there are
	bytes  int64 // unpacked, at most; 0: as many as there are
}

// readTableFile reads a CSV row by row. It needs the required columns; read makes
// something of a row or says what is wrong with it, several things joined. All faults are
// told at once.
func readTableFile(ctx context.Context, path, encoding string, form form, read func(row record) error) error {
	f, err := open(ctx, path, nil)
	if err != nil {
		return err
	}
	defer f.Close()
	return readTable(f.Reader, path, encoding, form, read)
}

// readTable is readTableFile of the content of a file.
func readTable(content *bufio.Reader, path, encoding string, form form, read func(row record) error) error {
	plain, err := text(form.bounded(content, path), encoding)
	if err != nil {
		return err
	}
	t, err := newTable(newBlocks(plain, MaxLine))
	if err != nil {
		return inFile(path, err)
	}
	var faults faults
	columns, err := form.columns(path, t.columns)
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		values, err := t.next()
		if errors.Is(err, io.EOF) {
			if n == 1 {
				faults.add(geo.Errorf(geo.Invalid, "%s has no rows", path))
			}
			break
		}
		if err != nil && geo.KindOf(err) != geo.Faulty {
			return err
		}
		if form.rows > 0 && n > form.rows {
			return geo.Errorf(geo.TooLarge, "%s has more than %d rows, the most that is read: is it the right file?", path, form.rows)
		}
		row := record{source: geo.Source{File: path, Feature: n, Line: t.line}, fields: cells{columns, values}}
		if err == nil {
			err = read(row)
		}
		for _, err := range geo.Each(err) {
			faults.add(at(row.source, err))
		}
	}
	return faults.err()
}

// columns are what the headings mean, in their order; all that are missing or mean nothing
// are told in one error.
func (f form) columns(path string, headings []string) ([]string, error) {
	var faults faults
	columns := slices.Clone(headings)
	for i, heading := range headings {
		known := true
		if f.column != nil && heading != "" {
			columns[i], known = f.column(heading)
		}
		switch {
		case !known:
			faults.add(geo.Errorf(geo.Faulty, "%s: the column %q means nothing in this table: correct the heading, or take the column out", path, shorten(heading)))
		case columns[i] != "" && slices.Contains(columns[:i], columns[i]):
			faults.add(geo.Errorf(geo.Faulty, "%s: the column %q means %q, and another does already: take one out", path, shorten(heading), columns[i]))
		}
	}
	for _, name := range f.required {
		if !slices.Contains(columns, name) {
			faults.add(noField(path, name, headings))
		}
	}
	return columns, faults.err()
}

// bounded is the content of a file, which fails when it goes on for longer than the form
// allows.
func (f form) bounded(content *bufio.Reader, path string) *bufio.Reader {
	if f.bytes == 0 {
		return content
	}
	return bufio.NewReaderSize(&bounded{content, path, f.bytes, f.bytes}, window)
}

type bounded struct {
	content io.Reader
	path    string
	most    int64
	left    int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.content.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, geo.Errorf(geo.TooLarge, "%s has more than %d MB, the most that is read: is it the right file?", b.path, b.most>>20)
	}
	return n, err
}

// unique refuses a key that an earlier row has.
type unique[K comparable] map[K]geo.Source

func (u unique[K]) add(key K, words string, source geo.Source) error {
	if earlier, ok := u[key]; ok {
		return geo.Errorf(geo.Faulty, "%s stands already in line %d: keep one of the two rows", words, earlier.Line)
	}
	u[key] = source
	return nil
}

// needed is the value of a column that may not be blank.
func needed(row record, column string) (string, error) {
	value, _ := row.fields.text(column)
	if value == "" {
		return "", geo.Errorf(geo.Faulty, "column %q is blank: every row needs it", column)
	}
	return value, nil
}

// ReadDepartments reads a CSV with the columns code, name and, where there, parent, kind,
// aliases (separated by ; or |), successor and valid_until (2026-07-01). Other columns are
// passed over.
//
// Blank or repeated codes, spreadsheet damage, a body above itself and bodies more than
// three levels deep are faults; a parent or successor that is not in the file may be known
// already, and is not. All faults come in one error, nothing beside it.
func ReadDepartments(ctx context.Context, file, encoding string) ([]geo.Department, error) {
	var all []geo.Department
	var sources []geo.Source
	codes := unique[geo.DepartmentCode]{}
	column := column{field: "code"}
	err := readTableFile(ctx, file, encoding, form{required: []string{"code", "name"}}, func(row record) error {
		d, err := department(row)
		if err == nil {
			err = column.add(string(d.Code), row.source)
		}
		if err == nil {
			err = codes.add(d.Code, "the code "+string(d.Code), row.source)
		}
		all, sources = append(all, d), append(sources, row.source)
		return err
	})
	if err != nil {
		return nil, err
	}
	var faults faults
	faults.add(column.faults()...)
	faults.add(levels(all, sources)...)
	if err := faults.err(); err != nil {
		return nil, err
	}
	return all, nil
}

func department(row record) (geo.Department, error) {
	code, err := needed(row, "code")
	if err != nil {
		return geo.Department{}, err
	}
	name, err := needed(row, "name")
	if err != nil {
		return geo.Department{}, err
	}
	get := func(column string) string { value, _ := row.fields.text(column); return value }
	d := geo.Department{
		Code: geo.DepartmentCode(code), Name: name, Kind: get("kind"),
		Parent: geo.DepartmentCode(get("parent")), Successor: geo.DepartmentCode(get("successor")),
	}
	for alias := range strings.FieldsFuncSeq(get("aliases"), func(r rune) bool { return strings.ContainsRune(";|；｜", r) }) {
		if alias = strings.TrimSpace(alias); alias != "" {
			d.Aliases = append(d.Aliases, alias)
		}
	}
	if err := errors.Join(undamaged("parent", get("parent")), undamaged("successor", get("successor")), dated("valid_until", get("valid_until"))); err != nil {
		return d, err
	}
	if d.ValidUntil, err = geo.ParseDate(get("valid_until")); err != nil {
		return d, geo.Errorf(geo.Faulty, "column \"valid_until\": %w", err)
	}
	if d.Successor == d.Code {
		return d, geo.Errorf(geo.Faulty, "column \"successor\": %s cannot succeed itself", d.Code)
	}
	return d, nil
}

// levels refuses bodies with more than two above them, which is so in a circle too.
func levels(all []geo.Department, sources []geo.Source) []error {
	parent := map[geo.DepartmentCode]geo.DepartmentCode{}
	for _, d := range all {
		parent[d.Code] = d.Parent
	}
	var wrong []error
	for i, d := range all {
		above := d.Parent
		for n := 0; above != "" && n < 2; n++ {
			above = parent[above]
		}
		if above != "" {
			wrong = append(wrong, faultAt(sources[i], "column \"parent\": %s has more than two bodies above it, or is its own: departments have three levels at most", d.Code))
		}
	}
	return wrong
}

// ReadCategories reads a CSV with the columns standard, kind (component or matter), code,
// name and, where there, name_en, parent, family, source, confidence and visibility
// (public, internal or restricted; blank is internal). Other columns are passed over.
// Faults come as with [ReadDepartments].
func ReadCategories(ctx context.Context, file, encoding string) ([]geo.Category, error) {
	var all []geo.Category
	keys := unique[geo.CategoryKey]{}
	columns := map[string]*column{} // a standard each: their codes differ in length
	err := readTableFile(ctx, file, encoding, form{required: []string{"standard", "kind", "code", "name"}}, func(row record) error {
		c, err := category(row)
		if err != nil {
			return err
		}
		if columns[c.Standard] == nil {
			columns[c.Standard] = &column{field: "code"}
		}
		all = append(all, c)
		if err := columns[c.Standard].add(c.Code, row.source); err != nil {
			return err
		}
		return keys.add(c.CategoryKey, strings.Join([]string{c.Standard, string(c.Kind), c.Code}, " "), row.source)
	})
	if err != nil {
		return nil, err
	}
	var faults faults
	for _, c := range columns {
		faults.add(c.faults()...)
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	return all, nil
}

func category(row record) (geo.Category, error) {
	var values [4]string
	for i, name := range []string{"standard", "kind", "code", "name"} {
		var err error
		if values[i], err = needed(row, name); err != nil {
			return geo.Category{}, err
		}
	}
	get := func(column string) string { value, _ := row.fields.text(column); return value }
	c := geo.Category{
		CategoryKey: geo.CategoryKey{Standard: values[0], Kind: geo.CategoryKind(values[1]), Code: values[2]},
		Name:        values[3], NameEN: get("name_en"), Parent: get("parent"), Family: get("family"),
		Source: get("source"), Confidence: get("confidence"),
		Visibility: geo.Visibility(cmp.Or(get("visibility"), string(geo.Protected))),
	}
	if c.Kind != geo.Component && c.Kind != geo.Matter {
		return c, geo.Errorf(geo.Faulty, "column \"kind\" is %q: write component or matter", shorten(values[1]))
	}
	if !slices.Contains([]geo.Visibility{geo.Public, geo.Protected, geo.Restricted}, c.Visibility) {
		return c, geo.Errorf(geo.Faulty, "column \"visibility\" is %q: write public, internal or restricted", shorten(string(c.Visibility)))
	}
	return c, nil
}
