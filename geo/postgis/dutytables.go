package postgis

import (
	"cmp"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"gridwarden/geo"
)

func ruleTable() dutyTable[geo.DutyRow] {
	return dutyTable[geo.DutyRow]{
		name: "duty_rows", rows: "duty rows", order: `id COLLATE "C"`,
		columns: []string{
			"id", "priority", "standard", "kind", "category", "condition", "layer", "area", "answers", "asset", "asset_where",
			"valid_from", "valid_until", "hours", "assign", "helpers", "deadline", "deadline_unit", "basis", "note",
		},
		of:  func(d *geo.DutyTables) *[]geo.DutyRow { return &d.Rules },
		key: func(r *geo.DutyRow) string { return string(r.ID) },
		values: func(r *geo.DutyRow) []any {
			return []any{
				string(r.ID), int64(r.Priority), r.Standard, string(r.Kind), r.Category, r.Condition, r.Layer, r.Area, r.Where, r.Asset, r.AssetWhere,
				day(r.ValidFrom), day(r.ValidUntil), r.Hours, r.Assign, texts(r.Helpers), r.Deadline, string(r.DeadlineUnit), r.Basis, r.Note,
			}
		},
		scan: func(r *geo.DutyRow) []any {
			return []any{
				&r.ID, &r.Priority, &r.Standard, &r.Kind, &r.Category, &r.Condition, &r.Layer, &r.Area, &r.Where, &r.Asset, &r.AssetWhere,
				(*day)(&r.ValidFrom), (*day)(&r.ValidUntil), &r.Hours, &r.Assign, (*list[geo.DepartmentCode])(&r.Helpers), &r.Deadline, &r.DeadlineUnit, &r.Basis, &r.Note,
			}
		},
	}
}

func standardTable() dutyTable[geo.FilingStandard] {
	return dutyTable[geo.FilingStandard]{
		name: "filing_standards", rows: "filing standards",
		order: `standard COLLATE "C", kind, code COLLATE "C", condition COLLATE "C", class COLLATE "C", valid_from NULLS FIRST`,
		columns: []string{
			"standard", "kind", "code", "condition", "condition_text", "class", "time_limit", "unit", "close_condition", "basis", "valid_from", "valid_until",
		},
		of: func(d *geo.DutyTables) *[]geo.FilingStandard { return &d.Standards },
		key: func(f *geo.FilingStandard) string {
			return fmt.Sprintf("%s, condition %q, class %q, from %s", categoryName(f.CategoryKey), f.Condition, f.Class, cmp.Or(f.ValidFrom.String(), "ever"))
		},
		values: func(f *geo.FilingStandard) []any {
			return []any{
				f.Standard, string(f.Kind), f.Code, f.Condition, f.ConditionText, f.Class, f.Limit, string(f.Unit), f.CloseCondition, f.Basis,
				day(f.ValidFrom), day(f.ValidUntil),
			}
		},
		scan: func(f *geo.FilingStandard) []any {
			return []any{
				&f.Standard, &f.Kind, &f.Code, &f.Condition, &f.ConditionText, &f.Class, &f.Limit, &f.Unit, &f.CloseCondition, &f.Basis,
				(*day)(&f.ValidFrom), (*day)(&f.ValidUntil),
			}
		},
	}
}

func calendarTable() dutyTable[geo.CalendarRow] {
	return dutyTable[geo.CalendarRow]{
		name: "calendar_rows", rows: "calendar", order: `from_day, until_day, kind COLLATE "C"`,
		columns: []string{"kind", "from_day", "until_day", "hours", "note"},
		of:      func(d *geo.DutyTables) *[]geo.CalendarRow { return &d.Calendar },
		key:     func(r *geo.CalendarRow) string { return fmt.Sprintf("%s %s to %s", r.Kind, r.From, r.Until) },
		values: func(r *geo.CalendarRow) []any {
			return []any{string(r.Kind), day(r.From), day(r.Until), r.Hours, r.Note}
		},
		scan: func(r *geo.CalendarRow) []any {
			return []any{&r.Kind, (*day)(&r.From), (*day)(&r.Until), &r.Hours, &r.Note}
		},
	}
}

func groupTable() dutyTable[geo.Group] {
	return dutyTable[geo.Group]{
		name: "groups", rows: "groups", order: `kind COLLATE "C", code COLLATE "C"`,
		columns: []string{"kind", "code", "name", "layer", "members"},
		of:      func(d *geo.DutyTables) *[]geo.Group { return &d.Groups },
		key:     func(g *geo.Group) string { return g.Kind + " " + g.Code },
		values: func(g *geo.Group) []any {
			return []any{g.Kind, g.Code, g.Name, string(g.Layer), texts(g.Members)}
		},
		scan: func(g *geo.Group) []any {
			return []any{&g.Kind, &g.Code, &g.Name, &g.Layer, (*list[geo.AreaCode])(&g.Members)}
		},
	}
}

func crosswalkTable() dutyTable[geo.Crosswalk] {
	return dutyTable[geo.Crosswalk]{
		name: "crosswalk", rows: "crosswalk", order: `from_standard COLLATE "C", from_kind, from_code COLLATE "C"`,
		columns: []string{"from_standard", "from_kind", "from_code", "to_standard", "to_kind", "to_code"},
		of:      func(d *geo.DutyTables) *[]geo.Crosswalk { return &d.Crosswalk },
		key:     func(c *geo.Crosswalk) string { return categoryName(c.From) },
		values: func(c *geo.Crosswalk) []any {
			return []any{c.From.Standard, string(c.From.Kind), c.From.Code, c.To.Standard, string(c.To.Kind), c.To.Code}
		},
		scan: func(c *geo.Crosswalk) []any {
			return []any{&c.From.Standard, &c.From.Kind, &c.From.Code, &c.To.Standard, &c.To.Kind, &c.To.Code}
		},
	}
}

// day is a date at the database's door; no day is NULL.
type day geo.Date

// DateValue is for pgx.
func (d day) DateValue() (pgtype.Date, error) {
	if geo.Date(d).IsZero() {
		return pgtype.Date{}, nil
	}
	return pgtype.Date{Time: geo.Date(d).Time(time.UTC), Valid: true}, nil
}

// ScanDate is for pgx.
func (d *day) ScanDate(v pgtype.Date) error {
	*d = day{}
	if v.Valid {
		*d = day(geo.DateOf(v.Time, time.UTC))
	}
	return nil
}

// texts is a list of codes as the database takes it, never NULL.
func texts[T ~string](codes []T) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = string(c)
	}
	return out
}

// list is a list of codes as it comes from the database; an empty one is nil.
type list[T any] []T

// SetDimensions, ScanIndex and ScanIndexType are for pgx.
func (l *list[T]) SetDimensions(dimensions []pgtype.ArrayDimension) error {
	*l = nil
	if len(dimensions) > 0 {
		*l = make(list[T], dimensions[0].Length)
	}
	return nil
}

// ScanIndex is where an item goes.
func (l *list[T]) ScanIndex(i int) any { return &(*l)[i] }

// ScanIndexType is how an item is read.
func (l *list[T]) ScanIndexType() any { return new(T) }
