package routing

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// Record is a decision as data: what clients are answered and what is kept with a stored
// assignment. Without a language it has no sentences; [Record.In] writes them.
type Record struct {
	Department  *Body                 `json:"department"`
	Rule        Rule                  `json:"rule"`
	Row         geo.RuleID            `json:"row,omitempty"`
	Ruling      geo.RulingID          `json:"ruling,omitempty"`
	Basis       string                `json:"basis,omitempty"`
	Path        []Body                `json:"path"`
	Helpers     []Body                `json:"helpers"`
	Verifier    *GroupRef             `json:"verifier,omitempty"`
	Deadline    *DeadlineRecord       `json:"deadline,omitempty"`
	Category    *CategoryRef          `json:"category,omitempty"`
	Family      string                `json:"family,omitempty"` // where no more is known of what it is
	Areas       []AreaRef             `json:"areas"`
	Lines       []LineRef             `json:"lines"`
	LeftOff     map[geo.LayerName]int `json:"left_off,omitempty"` // how many more areas or lines of a layer lie there
	Asset       *AssetRef             `json:"asset,omitempty"`
	Assets      []AssetRef            `json:"assets,omitempty"` // all that could be the one meant, when several
	Contested   *ContestRecord        `json:"contested,omitempty"`
	Edition     geo.Edition           `json:"edition"`
	BeforeFirst bool                  `json:"before_first_edition,omitempty"`
	Explanation []StepRecord          `json:"explanation"`
	Paragraph   string                `json:"paragraph,omitempty"`
}

// Body is a department by code and name.
type Body struct {
	Code geo.DepartmentCode `json:"code"`
	Name string             `json:"name"`
}

// GroupRef names a group.
type GroupRef struct {
	Kind string `json:"kind"`
	Code string `json:"code"`
	Name string `json:"name,omitempty"`
}

// CategoryRef names a category.
type CategoryRef struct {
	Standard string           `json:"standard"`
	Kind     geo.CategoryKind `json:"kind"`
	Code     string           `json:"code"`
	Name     string           `json:"name,omitempty"`
	NameEN   string           `json:"name_en,omitempty"`
}

// Key is the category's key.
func (c *CategoryRef) Key() geo.CategoryKey {
	return geo.CategoryKey{Standard: c.Standard, Kind: c.Kind, Code: c.Code}
}

// AreaRef names an area that holds the place.
type AreaRef struct {
	Layer      geo.LayerName       `json:"layer"`
	Code       geo.AreaCode        `json:"code"`
	Name       string              `json:"name"`
	Department *geo.DepartmentCode `json:"department"`
	OnEdge     bool                `json:"on_edge"`
}

// LineRef names a line within whose reach the place is.
type LineRef struct {
	Layer      geo.LayerName       `json:"layer"`
	Code       geo.AreaCode        `json:"code"`
	Name       string              `json:"name"`
	Department *geo.DepartmentCode `json:"department"`
	Distance   Metres              `json:"distance_m"`
	Side       geo.Side            `json:"side"`
	Along      Metres              `json:"along_m"`
}

// AssetRef names an asset and how far from the point it stands.
type AssetRef struct {
	ID       geo.AssetID `json:"id"`
	Standard string      `json:"standard"`
	Category string      `json:"category"`
	Name     string      `json:"name"`
	Distance Metres      `json:"distance_m"`
}

// Metres is a distance, told to the millimetre.
type Metres float64

// MarshalJSON writes no more than three decimals.
func (m Metres) MarshalJSON() ([]byte, error) {
	text := strings.TrimRight(fmt.Sprintf("%.3f", float64(m)), "0")
	return []byte(strings.TrimSuffix(text, ".")), nil
}

// DeadlineRecord is a deadline as it is told.
type DeadlineRecord struct {
	DueAt     time.Time    `json:"due_at"`
	From      time.Time    `json:"from"`
	Limit     float64      `json:"limit"`
	Unit      geo.TimeUnit `json:"unit"`
	Class     string       `json:"class,omitempty"`
	Condition string       `json:"condition,omitempty"`
	Basis     string       `json:"basis,omitempty"`
}

// ContestRecord is who else could be right, and the question that would tell.
type ContestRecord struct {
	Candidates []CandidateRecord `json:"candidates"`
	Question   *QuestionRecord   `json:"question,omitempty"`
}

// CandidateRecord is a department that could be right.
type CandidateRecord struct {
	Department Body       `json:"department"`
	Why        StepRecord `json:"why"`
}

// QuestionRecord is a question; send the chosen value as answers:{id:value}.
type QuestionRecord struct {
	ID      string         `json:"id"`
	Subject string         `json:"subject,omitempty"` // what it is about: a layer's title, a park's or road's name
	Text    string         `json:"text,omitempty"`
	Options []OptionRecord `json:"options"`
}

// OptionRecord is one answer and who would be the lead.
type OptionRecord struct {
	Value      string              `json:"value"`
	Name       string              `json:"name,omitempty"`
	Distance   *Metres             `json:"distance_m,omitempty"` // of an asset
	Text       string              `json:"text,omitempty"`
	Department *geo.DepartmentCode `json:"department"`
}

// StepRecord is a step and its sentence.
type StepRecord struct {
	Step
	Sentence string `json:"why,omitempty"`
}

// NewRecord is a decision as data, without sentences.
func NewRecord(d *Decision) *Record {
	r := &Record{
		Rule: d.Rule, Path: []Body{}, Helpers: []Body{}, Areas: []AreaRef{}, Lines: []LineRef{},
		Edition: d.Edition, BeforeFirst: d.BeforeFirst, Explanation: make([]StepRecord, len(d.Explanation)),
	}
	if d.Department != nil {
		r.Department = bodyOf(d.Department)
	}
	if d.Row != nil {
		r.Row, r.Basis = d.Row.ID, d.Row.Basis
	}
	if d.Ruling != nil {
		r.Ruling, r.Basis = d.Ruling.ID, d.Ruling.Basis
	}
	for i := range d.Path {
		r.Path = append(r.Path, *bodyOf(&d.Path[i]))
	}
	for i := range d.Helpers {
		r.Helpers = append(r.Helpers, *bodyOf(&d.Helpers[i]))
	}
	if g := d.Verifier; g != nil {
		r.Verifier = &GroupRef{g.Kind, g.Code, g.Name}
	}
	if l := d.Deadline; l != nil {
		r.Deadline = &DeadlineRecord{l.DueAt, l.From, l.Limit, l.Unit, l.Class, l.Condition, l.Basis}
	}
	if d.Category.Code != "" {
		r.Category = &CategoryRef{d.Category.Standard, d.Category.Kind, d.Category.Code, d.Known.Name, d.Known.NameEN}
	}
	r.Family = d.Family
	r.place(d)
	for i, s := range d.Explanation {
		r.Explanation[i].Step = s
	}
	r.Contested = contestRecord(d.Contested)
	return r
}

func bodyOf(d *geo.Department) *Body { return &Body{d.Code, d.Name} }

// place is what lies at the point.
func (r *Record) place(d *Decision) {
	place, leftOff := d.Place.Told()
	r.LeftOff = leftOff
	for _, h := range place.Areas {
		r.Areas = append(r.Areas, AreaRef{h.Area.Layer, h.Area.Code, h.Area.Name, orNull(h.Area.Department), h.OnEdge})
	}
	for _, h := range place.Lines {
		r.Lines = append(r.Lines, LineRef{h.Area.Layer, h.Area.Code, h.Area.Name, orNull(h.Area.Department), Metres(h.Distance), h.Side, Metres(h.Along)})
	}
	if d.Asset != nil {
		a := assetRef(d.Asset)
		r.Asset = &a
	}
	if len(d.Candidates) > 1 {
		for i := range d.Candidates {
			r.Assets = append(r.Assets, assetRef(&d.Candidates[i]))
		}
	}
}

func orNull(code geo.DepartmentCode) *geo.DepartmentCode {
	if code == "" {
		return nil
	}
	return &code
}

func assetRef(n *index.Near) AssetRef {
	a := &n.Asset
	return AssetRef{a.ID, a.Category.Standard, a.Category.Code, a.Name, Metres(n.Metres)}
}

func contestRecord(c *Contested) *ContestRecord {
	if c == nil {
		return nil
	}
	out := &ContestRecord{Candidates: []CandidateRecord{}}
	for i := range c.Candidates {
		out.Candidates = append(out.Candidates, CandidateRecord{*bodyOf(c.Candidates[i].Department), StepRecord{Step: c.Candidates[i].Why}})
	}
	if q := c.Question; q != nil {
		out.Question = &QuestionRecord{ID: q.ID, Subject: q.Subject}
		for _, o := range q.Options {
			out.Question.Options = append(out.Question.Options, OptionRecord{Value: o.Value, Name: o.Name, Distance: (*Metres)(o.Metres), Department: o.Department})
		}
	}
	return out
}

// JSON is the record as it is kept.
func (r *Record) JSON() json.RawMessage {
	b, err := json.Marshal(r)
	if err != nil {
		panic(err) // it holds nothing that cannot be written
	}
	return b
}

// ParseRecord reads a record that was kept.
func ParseRecord(kept json.RawMessage) (*Record, error) {
	r := &Record{}
	if err := json.Unmarshal(kept, r); err != nil {
		return nil, fmt.Errorf("reading a kept decision: %w", err)
	}
	return r, nil
}

// In is the record with its sentences in a language.
func (r *Record) In(l geo.Language) *Record {
	out := *r
	out.Explanation = make([]StepRecord, len(r.Explanation))
	for i, s := range r.Explanation {
		out.Explanation[i] = StepRecord{s.Step, s.Step.Why(l)}
	}
	if r.Contested != nil {
		c := &ContestRecord{}
		for _, k := range r.Contested.Candidates {
			k.Why.Sentence = k.Why.Step.Why(l)
			c.Candidates = append(c.Candidates, k)
		}
		if q := r.Contested.Question; q != nil {
			c.Question = q.in(l)
		}
		out.Contested = c
	}
	out.Paragraph = out.paragraph(l)
	return &out
}
