package postgis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
)

// dutyTable is one of the tables duty is decided by: rows of any kind that are versions.
type dutyTable[T any] struct {
	name    string   // in the database
	rows    string   // what the rows are called in sentences
	order   string   // of reading: as geo.DutyTables says, by bytes
	columns []string // in the order of values and scan
	of      func(*geo.DutyTables) *[]T
	key     func(*T) string // names a row among the open ones
	values  func(*T) []any
	scan    func(*T) []any // where the columns go
}

// dutyRows is a dutyTable of any kind of row.
type dutyRows interface {
	read(ctx context.Context, tx pgx.Tx, in span, into *geo.DutyTables) error
	put(ctx context.Context, tx pgx.Tx, p *geo.DutyTables, edition geo.Edition, change geo.ChangeID, deed *publishDeed) error
}

// editioned are the tables that change with an edition.
func editioned() []dutyRows {
	return []dutyRows{ruleTable(), standardTable(), calendarTable(), groupTable(), crosswalkTable()}
}

// readDuty reads each table whole when any row of it began or ended in the span.
func readDuty(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) error {
	for _, t := range append(editioned(), rulingTable()) {
		if err := t.read(ctx, tx, in, &c.Duty); err != nil {
			return err
		}
	}
	return nil
}

func (t dutyTable[T]) read(ctx context.Context, tx pgx.Tx, in span, into *geo.DutyTables) error {
	changed, err := in.touches(ctx, tx, t.name)
	if err != nil || !changed {
		return err
	}
	sql := "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name + " WHERE " + in.there() + " ORDER BY " + t.order
	rows, err := collect(ctx, tx, sql, in.args(), func(row pgx.CollectableRow) (v T, err error) {
		err = row.Scan(t.scan(&v)...)
		return v, err
	})
	if rows == nil {
		rows = []T{}
	}
	*t.of(into) = rows
	return err
}

// touches tells whether a version in a table began or ended in the span; of a full load
// all did.
func (s span) touches(ctx context.Context, tx pgx.Tx, table string) (touched bool, err error) {
	if s.whole() {
		return true, nil
	}
	within := " SELECT FROM changes c JOIN " + table + " v ON v.begun = c.id WHERE c.sequence > @after AND c.sequence <= @until"
	sql := "SELECT EXISTS (" + within + ") OR EXISTS (" + strings.Replace(within, "v.begun", "v.ended", 1) + ")"
	err = tx.QueryRow(ctx, sql, s.args()...).Scan(&touched)
	return touched, err
}

// putDuty makes the tables that are given be as given: what differs ends and begins.
func putDuty(ctx context.Context, tx pgx.Tx, d *geo.DutyTables, edition geo.Edition, change geo.ChangeID, deed *publishDeed) error {
	for _, t := range editioned() {
		if err := t.put(ctx, tx, d, edition, change, deed); err != nil {
			return err
		}
	}
	return endPublishedRulings(ctx, tx, d.Rules, change)
}

func (t dutyTable[T]) put(ctx context.Context, tx pgx.Tx, d *geo.DutyTables, edition geo.Edition, change geo.ChangeID, deed *publishDeed) error {
	given := *t.of(d)
	if given == nil {
		return nil
	}
	open, begun, err := t.differences(ctx, tx, given)
	if err != nil {
		return err
	}
	t.tell(deed, open, begun)
	if ended := slices.Collect(maps.Keys(open)); len(ended) > 0 {
		sql := "UPDATE " + t.name + " SET ended = $1, until_edition = $2 WHERE version = ANY($3)"
		if _, err := tx.Exec(ctx, sql, [16]byte(change), edition, ended); err != nil {
			return err
		}
	}
	if len(begun) == 0 {
		return nil
	}
	columns := append([]string{"from_edition", "begun"}, t.columns...)
	_, err = tx.CopyFrom(ctx, pgx.Identifier{t.name}, columns, pgx.CopyFromSlice(len(begun), func(i int) ([]any, error) {
		return append([]any{int64(edition), [16]byte(change)}, t.values(begun[i])...), nil
	}))
	return t.refusal(err)
}

// differences are the open versions that are not given, and the rows given that are not
// open. Rows are compared whole.
func (t dutyTable[T]) differences(ctx context.Context, tx pgx.Tx, given []T) (ended map[int64]*T, begun []*T, err error) {
	open := map[string]int64{}
	ended = map[int64]*T{}
	sql := "SELECT version, " + strings.Join(t.columns, ", ") + " FROM " + t.name + " WHERE " + isOpen
	_, err = collect(ctx, tx, sql, nil, func(row pgx.CollectableRow) (none struct{}, err error) {
		var v T
		var version int64
		if err := row.Scan(append([]any{&version}, t.scan(&v)...)...); err != nil {
			return none, err
		}
		open[t.content(&v)], ended[version] = version, &v
		return none, nil
	})
	if err != nil {
		return nil, nil, err
	}
	keys := make(map[string]bool, len(given))
	for i := range given {
		row := &given[i]
		key := t.key(row)
		if keys[key] {
			return nil, nil, geo.Errorf(geo.Invalid, "%s: %s is there twice; keep one", t.rows, key)
		}
		keys[key] = true
		content := t.content(row)
		if version, same := open[content]; same {
			delete(ended, version)
			continue
		}
		begun = append(begun, row)
	}
	return ended, begun, nil
}

// tell puts what ends and begins into a line of the audit log.
func (t dutyTable[T]) tell(deed *publishDeed, ended map[int64]*T, begun []*T) {
	if len(ended)+len(begun) == 0 {
		return
	}
	was, is := tableDeed{Rows: len(ended)}, tableDeed{Rows: len(begun)}
	if len(ended) <= mostTold && len(begun) <= mostTold {
		for _, version := range slices.Sorted(maps.Keys(ended)) {
			was.Told = append(was.Told, t.cells(ended[version]))
		}
		for _, row := range begun {
			is.Told = append(is.Told, t.cells(row))
		}
	}
	deed.before[t.name], deed.after[t.name] = was, is
}

// cells are what a row says, by column, but for what is blank.
func (t dutyTable[T]) cells(row *T) map[string]any {
	cells := map[string]any{}
	for i, value := range t.values(row) {
		if d, is := value.(day); is {
			value = geo.Date(d).String()
		}
		if list, is := value.([]string); !reflect.ValueOf(value).IsZero() && (!is || len(list) > 0) {
			cells[t.columns[i]] = value
		}
	}
	return cells
}

// content is all that a row says.
func (t dutyTable[T]) content(row *T) string { return fmt.Sprintf("%#v", t.values(row)) }

// refusal says in a sentence what the checks of the table refuse.
func (t dutyTable[T]) refusal(err error) error {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg) || !hasClass(pg.Code, "23"):
		return err
	case pg.Code == "23503":
		return geo.Because(err, geo.Invalid, "%s: a row names a layer that does not exist", t.rows)
	}
	return geo.Because(err, geo.Invalid, "%s: a row cannot be stored: it lacks what it needs, a word in it is none of those known, or it ends before it begins", t.rows)
}
