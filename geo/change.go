package geo

import (
	"time"
)

// Edition numbers one published state of the boundaries; 0 is before the first.
type Edition int64

// Sequence numbers one visible state of everything; it grows by one with each change.
type Sequence int64

// ChangeID is the random id of a change. A follower keeps the pair (Sequence, ChangeID)
// of the last one applied: where the log holds another id for that number, it is another
// history.
type ChangeID [16]byte

// Position is a place in the change log.
type Position struct {
	Sequence Sequence
	Change   ChangeID
}

// EditionInfo describes a published edition.
type EditionInfo struct {
	Number        Edition
	PublishedAt   time.Time
	EffectiveFrom time.Time
	Note          string
}

// EditionRecord is an edition as the list of editions tells it.
type EditionRecord struct {
	EditionInfo
	Author   string  // who published it; empty: not known
	Document string  // that says so, where it holds from before it was published
	Draft    DraftID // whose publication it is; empty: an import
	Begun    int     // versions of areas that began with it
	Ended    int     // versions of areas that ended with it
}

// Changes carries a view from one position to another: everything that began and
// everything that ended in between. Changes from the empty view are a full load. Within
// one Changes an item that began and ended is absent. They may also lead back, to a
// position before From: then what began after To ends, and what ended after it begins.
type Changes struct {
	History [16]byte // of the database: made when it was created
	From    Position // zero: from the empty view
	To      Position
	Edition EditionInfo // the newest

	Layers      []Layer // begun or changed, whole
	Categories  []Category
	Departments []Department

	LayersEnded      []LayerName // only on the way back: they were not there yet
	CategoriesEnded  []CategoryKey
	DepartmentsEnded []DepartmentCode

	AreasEnded []AreaID
	Areas      []*Area

	AssetsEnded []AssetVersion
	Assets      []Asset  // with the attributes of AssetKeys alone
	AssetKeys   []string // the attributes that duty rows, past ones too, ask assets for; sorted

	Duty DutyTables // each whole when it changed, else nil
}

// Publication is what one import or draft does to areas and duty tables: the only way they
// change. Rulings are not part of it.
type Publication struct {
	Base          Edition // the edition it was made from; another one newest is a Conflict
	EffectiveFrom time.Time
	Note          string
	Layers        []Layer    // new or changed
	Ended         []AreaID   // versions that end, superseded ones included
	Areas         []*Area    // versions that begin; the database gives ID and From
	Duty          DutyTables // each as it shall be from now on; nil: as it is
	Lineage       []Descent  // what became of the ground that changes hands; the database gives Edition
	Document      string     // that says so, where EffectiveFrom lies in the past
	Draft         DraftID    // whose publication it is; it becomes published with it, or it is a Conflict
	DraftVersion  int64      // the version of the draft that it was made of; another one is a Conflict
}

// Date is a calendar day in the city's own time zone; the zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads 2006-01-02 or 20060102; empty is the zero Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return Date{}, nil
	}
	for _, layout := range []string{time.DateOnly, "20060102"} {
		if t, err := time.Parse(layout, s); err == nil {
			return Date{t.Year(), t.Month(), t.Day()}, nil
		}
	}
	return Date{}, Errorf(Invalid, "%q is not a date: write 2026-07-01 or 20260701", s)
}

// IsZero tells whether it is no day.
func (d Date) IsZero() bool { return d == Date{} }

// Before tells whether d is an earlier day than e.
func (d Date) Before(e Date) bool { return d.Time(time.UTC).Before(e.Time(time.UTC)) }

// DateOf is the day of a moment in a zone.
func DateOf(t time.Time, zone *time.Location) Date {
	year, month, day := t.In(zone).Date()
	return Date{year, month, day}
}

// String is the day as 2006-01-02, empty for no day.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Time(time.UTC).Format(time.DateOnly)
}

// Time is the first moment of the day in a zone.
func (d Date) Time(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}
