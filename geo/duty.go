package geo

import "strings"

// RuleID identifies a duty row within the table, for ever.
type RuleID string

// DutyRow is one line of the decision table (责任清单): who answers, where, for what and
// when. Cells are kept as a person wrote them, without the space round them; geo/duty says
// what each may hold.
type DutyRow struct {
	ID           RuleID
	Priority     int // smaller goes first
	Standard     string
	Kind         CategoryKind
	Category     string // a code, a prefix such as 330103*, or a family; empty: any
	Condition    string // the code in the filing standard; empty: any
	Layer        string // a layer, or a kind of group; empty: any place
	Area         string // a code or a prefix in that layer; empty: anywhere in it
	Where        string // position=pavement;inside_fence=yes: answers of the report
	Asset        string // must, no, or empty
	AssetWhere   string // attributes of the asset, as in Where
	ValidFrom    Date   // zero: since ever
	ValidUntil   Date   // the last day, included; zero: for ever
	Hours        string // Mon-Fri 08:00-18:00;workday 20:00-02:00;holiday; empty: always
	Assign       string // asset.maintainer, layer:NAME, department:CODE, fallback …
	Helpers      []DepartmentCode
	Deadline     float64 // 0: the filing standard's
	DeadlineUnit TimeUnit
	Basis        string // the law or document
	Note         string
}

// TimeUnit is how a deadline is counted.
type TimeUnit string

const (
	UrgentHour TimeUnit = "urgent_hour" // 紧急工作时: by the clock, nights and holidays too
	WorkHour   TimeUnit = "work_hour"   // 工作时: only inside working hours
	WorkDay    TimeUnit = "work_day"    // 工作日
	NaturalDay TimeUnit = "natural_day" // 自然日
)

// FilingStandard is one line of the filing standards (立案标准): under which condition a
// matter or component becomes a case, and how long its handling may take.
type FilingStandard struct {
	CategoryKey
	Condition      string // its code
	ConditionText  string
	Class          string // of the place: A, B, C, or 严管, 控制, 一般; empty: any
	Limit          float64
	Unit           TimeUnit
	CloseCondition string // 结案条件
	Basis          string
	ValidFrom      Date
	ValidUntil     Date
}

// CalendarRow is one line of the working calendar.
type CalendarRow struct {
	Kind  CalendarKind
	From  Date
	Until Date   // included
	Hours string // of a season: the working hours, workday 08:00-12:00;workday 14:00-18:00
	Note  string
}

// CalendarKind says what a line of the calendar does.
type CalendarKind string

const (
	Season     CalendarKind = "season"  // the working hours of its days
	Holiday    CalendarKind = "holiday" // days that are not worked
	MakeUpWork CalendarKind = "workday" // weekend days that are worked instead
)

// Group is a named list of areas of one layer, never a second geometry: a management, duty
// or evaluation grid (管理网格, 责任网格, 评价网格).
type Group struct {
	Kind    string // management, duty, evaluation, or a city's own
	Code    string
	Name    string
	Layer   LayerName // the members'
	Members []AreaCode
}

// The kinds of group that gridwarden itself looks at.
const (
	DutyGroup       = "duty"       // who walks here: the verifier
	EvaluationGroup = "evaluation" // lies within one street; all others within one community
)

// Crosswalk says which category of today an old code means.
type Crosswalk struct{ From, To CategoryKey }

// DutyTables are the tables duty is decided by. Within a [Changes] or [Publication] a nil
// table is one that did not change; an empty one was emptied. In a snapshot none is nil.
type DutyTables struct {
	Rules     []DutyRow        // by ID
	Standards []FilingStandard // by category, condition, class, ValidFrom
	Calendar  []CalendarRow    // by From, Until, Kind
	Groups    []Group          // by Kind, Code
	Crosswalk []Crosswalk      // by From
	Rulings   []Ruling         // by ID; in force and not published as duty rows
}

// RulingID identifies a ruling.
type RulingID string

// rulingRow begins the ids of duty rows that were rulings.
const rulingRow = "ruling-"

// Row is the id of the duty row that the ruling is published as.
func (id RulingID) Row() RuleID { return RuleID(rulingRow + id) }

// Ruling is the ruling that a duty row was before it was published; ok is false for every
// other row.
func (id RuleID) Ruling() (ruling RulingID, ok bool) {
	text, ok := strings.CutPrefix(string(id), rulingRow)
	return RulingID(text), ok
}

// Ruling is a dispute decided once (裁定), binding as far as it says. One that holds
// beyond its own report stands before every duty row until it is published as one.
type Ruling struct {
	ID         RulingID
	Report     ReportID // the dispute
	Department DepartmentCode
	Basis      string
	Category   CategoryKey // the kind of thing disputed; zero: any
	Asset      *AssetKey   // it holds for this asset
	Ground     *Shape      // it holds on this patch, polygons
	Until      Date        // the last day; zero: for ever
}
