package ingest

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"io"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// The most that a table of duty may hold: ten times the largest city's.
const (
	maxDutyRows  = 1_000_000
	maxDutyBytes = 64 << 20
)

// dutyFile is how a table of duty is read.
type dutyFile[T any] struct {
	columns  []string
	required []string
	codes    []string // the columns that spreadsheets damage
	parse    func(cell func(column string) string) (T, []duty.CellError)
	sound    func(row T, source geo.Source) error // asked of rows without faults of their own; may be nil
	partial  bool                                 // rows with faults are given too, as far as they could be read
}

// read reads the file. When rows have faults, the others come beside the error, so that
// what else is wrong with them can be told in one go. Any other error, and one of the
// headings, comes alone.
func (d dutyFile[T]) read(ctx context.Context, file, encoding string) ([]T, []geo.Source, error) {
	f, err := open(ctx, file, nil)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return d.readFrom(f.Reader, file, encoding)
}

// readFrom is read of the content of a file.
func (d dutyFile[T]) readFrom(content *bufio.Reader, file, encoding string) ([]T, []geo.Source, error) {
	var rows []T
	var sources []geo.Source
	headings := map[string]string{} // as the file has them
	form := form{required: d.required, rows: maxDutyRows, bytes: maxDutyBytes, column: func(heading string) (string, bool) {
		column, known := duty.Column(heading, d.columns)
		headings[column] = heading
		return column, known
	}}
	err := readTable(content, file, encoding, form, func(r record) error {
		var wrong []error
		cell := func(column string) string { value, _ := r.fields.text(column); return value }
		row, faults := d.parse(cell)
		for _, f := range faults {
			f.Column = cmp.Or(headings[f.Column], f.Column)
			wrong = append(wrong, f)
		}
		for _, column := range d.codes {
			if code := cell(column); scientific.MatchString(code) {
				wrong = append(wrong, duty.CellError{Column: headings[column], Err: geo.Errorf(geo.Faulty, "%s is a code that a spreadsheet has rounded, and its digits are lost; format the column as text and export it again", code)})
			}
		}
		err := errors.Join(wrong...)
		if err == nil && d.sound != nil {
			err = d.sound(row, r.source)
		}
		if err == nil || d.partial {
			rows, sources = append(rows, row), append(sources, r.source)
		}
		return err
	})
	if err != nil && geo.KindOf(err) != geo.Faulty {
		return nil, nil, err
	}
	return rows, sources, err
}

// ReadRules reads the duty rows of a CSV with the columns of [duty.RuleColumns], of which id
// and assign must be there; a heading that means none of them is refused, since a row
// without the condition that it should have says more than was meant. Departments come as
// written: code, name or alias.
//
// All faults come in one error, by line and column; the rows come beside it as far as they
// could be read. Rows that stand twice are for whoever publishes them to refuse. More than
// 1,000,000 rows or 64 MB are refused.
func ReadRules(ctx context.Context, file, encoding string) ([]geo.DutyRow, []geo.Source, error) {
	return ruleFile().read(ctx, file, encoding)
}

// RulesFrom is [ReadRules] of what is read from somewhere else than a file, in an encoding
// that it finds out; what is wrong is told of the name.
func RulesFrom(content io.Reader, name string) ([]geo.DutyRow, []geo.Source, error) {
	plain, err := unwrap(bufio.NewReaderSize(content, window), name)
	if err != nil {
		return nil, nil, err
	}
	return ruleFile().readFrom(plain, name, "auto")
}

func ruleFile() dutyFile[geo.DutyRow] {
	return dutyFile[geo.DutyRow]{
		columns: duty.RuleColumns, required: []string{"id", "assign"}, codes: []string{"id", "category", "area", "assign", "helpers"},
		parse: duty.ParseRule, partial: true,
	}
}

// ReadStandards reads the filing standards of a CSV with the columns of
// [duty.StandardColumns]. Faults come as with [ReadRules], the sound rows beside them.
func ReadStandards(ctx context.Context, file, encoding string) ([]geo.FilingStandard, []geo.Source, error) {
	return dutyFile[geo.FilingStandard]{
		columns: duty.StandardColumns, required: []string{"standard", "kind", "category", "limit", "unit"}, codes: []string{"category", "condition"},
		parse: duty.ParseStandard,
	}.read(ctx, file, encoding)
}

// ReadCalendar reads the working calendar from a CSV with the columns of
// [duty.CalendarColumns]; faults come as with [ReadStandards].
func ReadCalendar(ctx context.Context, file, encoding string) ([]geo.CalendarRow, []geo.Source, error) {
	return dutyFile[geo.CalendarRow]{
		columns: duty.CalendarColumns, required: []string{"kind", "from"}, parse: duty.ParseCalendarRow,
	}.read(ctx, file, encoding)
}

// ReadCrosswalk reads what old codes mean today from a CSV with the columns of
// [duty.CrosswalkColumns], all of which it needs; faults come as with [ReadStandards].
func ReadCrosswalk(ctx context.Context, file, encoding string) ([]geo.Crosswalk, []geo.Source, error) {
	return dutyFile[geo.Crosswalk]{
		columns: duty.CrosswalkColumns, required: duty.CrosswalkColumns, codes: []string{"from_code", "to_code"},
		parse: duty.ParseCrosswalk,
	}.read(ctx, file, encoding)
}

// ReadPosts reads who is on duty where from a CSV with the columns of [duty.PostColumns];
// faults come as with [ReadStandards]. One post twice is a fault.
func ReadPosts(ctx context.Context, file, encoding string) ([]geo.Post, []geo.Source, error) {
	posts := unique[geo.Post]{}
	return dutyFile[geo.Post]{
		columns: duty.PostColumns, required: []string{"role", "person"}, codes: []string{"group", "area", "line", "phone"},
		parse: duty.ParsePost,
		sound: func(p geo.Post, source geo.Source) error { return posts.add(p, "the same post", source) },
	}.read(ctx, file, encoding)
}

// ReadGroups reads groups from a CSV with the columns of [duty.GroupColumns], a row for each
// member; the name may stand in any of them. A group comes with the source of its first
// member, the members in the order of the file. Faults come as with [ReadStandards].
func ReadGroups(ctx context.Context, file, encoding string) ([]geo.Group, []geo.Source, error) {
	j := joiner{at: map[groupKey]int{}, members: unique[memberKey]{}}
	_, _, err := dutyFile[geo.Group]{
		columns: duty.GroupColumns, required: []string{"kind", "code", "member_layer", "member"}, codes: []string{"code", "member"},
		parse: duty.ParseGroupMember,
		sound: j.join,
	}.read(ctx, file, encoding)
	return j.groups, j.sources, err
}

type groupKey struct{ kind, code string }

type memberKey struct {
	kind   string
	layer  geo.LayerName
	member geo.AreaCode
}

// joiner makes groups of their members.
type joiner struct {
	groups  []geo.Group
	sources []geo.Source
	at      map[groupKey]int
	members unique[memberKey]
}

func (j *joiner) join(g geo.Group, source geo.Source) error {
	member := g.Members[0]
	if err := j.members.add(memberKey{g.Kind, g.Layer, member}, "the area "+string(member)+" of a "+g.Kind+" group", source); err != nil {
		return err
	}
	i, known := j.at[groupKey{g.Kind, g.Code}]
	if !known {
		j.at[groupKey{g.Kind, g.Code}] = len(j.groups)
		j.groups, j.sources = append(j.groups, g), append(j.sources, source)
		return nil
	}
	group := &j.groups[i]
	switch {
	case group.Layer != g.Layer:
		return geo.Errorf(geo.Faulty, "column \"member_layer\": the group %s has members of %s in line %d: a group lists areas of one layer", g.Code, group.Layer, j.sources[i].Line)
	case g.Name != "" && group.Name != "" && g.Name != group.Name:
		return geo.Errorf(geo.Faulty, "column \"name\": the group %s is named %q in line %d: write one name", g.Code, shorten(group.Name), j.sources[i].Line)
	}
	group.Name = cmp.Or(group.Name, g.Name)
	group.Members = append(group.Members, member)
	return nil
}
