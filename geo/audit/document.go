package audit

import (
	"math"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/calendar"
	"gridwarden/geo/duty"
)

// Limits of what is written of one finding; the counts are always of all.
const (
	listedPlaces  = 20
	drawnGrounds  = 2000
	drawnVertices = 50_000
)

// Document is an audit as it is written: a page of its findings and, if wanted, the matrix.
type Document struct {
	Edition    geo.Edition       `json:"edition"`
	At         time.Time         `json:"at"`
	Sound      bool              `json:"sound"` // no finding is an error
	Places     int               `json:"places"`
	Categories int               `json:"categories"`
	Assets     int               `json:"assets"`
	Errors     int               `json:"errors"`
	Counts     map[Kind]int      `json:"counts"`
	Truncated  int               `json:"truncated,omitempty"` // combinations of answers too many to go through
	Findings   []FindingDocument `json:"findings"`
	Next       int               `json:"next,omitempty"` // offset of the next page
	Matrix     *MatrixDocument   `json:"matrix,omitempty"`
}

// FindingDocument is a finding as it is written. Condition, answers and asset are absent
// where it holds for every one.
type FindingDocument struct {
	Number     int                 `json:"number"`
	Kind       Kind                `json:"kind"`
	Error      bool                `json:"error"`
	Rule       string              `json:"rule,omitempty"`
	Rows       []geo.RuleID        `json:"rows,omitempty"`
	Names      []string            `json:"names,omitempty"`
	Categories []CategoryDocument  `json:"categories,omitempty"`
	Condition  *string             `json:"condition,omitempty"`
	Answers    *string             `json:"answers,omitempty"`
	Asset      *string             `json:"asset,omitempty"`
	When       *WhenDocument       `json:"when,omitempty"`
	From       string              `json:"from,omitempty"`
	Places     int                 `json:"places"`
	Listed     []PlaceDocument     `json:"listed,omitempty"` // the first of the places
	Metres2    float64             `json:"area_m2"`
	Assets     int                 `json:"assets"`
	Message    string              `json:"message"`
	Mend       []map[string]string `json:"mend,omitempty"`      // cells of rows that would mend it
	MendMore   int                 `json:"mend_more,omitempty"` // how many more it would take
}

// CategoryDocument names a category.
type CategoryDocument struct {
	Standard string           `json:"standard"`
	Kind     geo.CategoryKind `json:"kind"`
	Code     string           `json:"code"`
	Name     string           `json:"name"`
}

// WhenDocument is a span of the week in words.
type WhenDocument struct {
	English string `json:"en"`
	Chinese string `json:"zh"`
}

// PlaceDocument is a place: a point inside, and what holds there.
type PlaceDocument struct {
	Name    string     `json:"name"`
	At      [2]float64 `json:"at"`
	Metres2 float64    `json:"area_m2"`
}

// MatrixDocument is who answers for each category in each area of a layer.
type MatrixDocument struct {
	Layer geo.LayerName       `json:"layer"`
	Areas []AreaDocument      `json:"areas"`
	Rows  []MatrixRowDocument `json:"rows"`
}

// AreaDocument names an area.
type AreaDocument struct {
	Code geo.AreaCode `json:"code"`
	Name string       `json:"name"`
}

// MatrixRowDocument is categories that nothing tells apart, with a cell for each area.
type MatrixRowDocument struct {
	Categories []CategoryDocument   `json:"categories"`
	Cells      []MatrixCellDocument `json:"cells"`
}

// MatrixCellDocument is one category in one area. There are many: no ground is left out.
type MatrixCellDocument struct {
	Department  geo.DepartmentCode `json:"department"` // on most ground; empty for nobody
	Departments int                `json:"departments"`
	Answered    float64            `json:"answered_m2,omitempty"`
	Fallback    float64            `json:"fallback_m2,omitempty"`
	Nobody      float64            `json:"nobody_m2,omitempty"`
}

// Page writes the findings from an offset, at most limit of them.
func (a *Audit) Page(offset, limit int, l geo.Language) Document {
	d := Document{
		Edition: a.Edition, At: a.At, Sound: a.Errors() == 0, Places: len(a.Grounds), Categories: a.Categories,
		Assets: a.Assets, Errors: a.Errors(), Counts: a.Counts(), Truncated: a.Truncated, Findings: []FindingDocument{},
	}
	for i := offset; i < len(a.Findings) && i < offset+limit; i++ {
		d.Findings = append(d.Findings, a.document(i, l))
	}
	if offset+limit < len(a.Findings) {
		d.Next = offset + limit
	}
	return d
}

func (a *Audit) document(i int, l geo.Language) FindingDocument {
	f := &a.Findings[i]
	d := FindingDocument{
		Number: i + 1, Kind: f.Kind, Error: f.Error, Rule: string(f.Rule), Rows: f.Rows, Names: f.Names,
		Categories: a.categoryDocuments(f.Categories), Places: f.Places, Metres2: tenth(f.Metres2), Assets: f.Assets,
		From: f.From.String(), Message: f.Message.In(l),
		Condition: unlessAny(f.Condition), Answers: unlessAny(f.Answers), Asset: unlessAny(f.Asset),
	}
	if f.When != (calendar.Label{}) {
		d.When = &WhenDocument{f.When.English, f.When.Chinese}
	}
	for _, g := range f.Grounds[:min(len(f.Grounds), listedPlaces)] {
		at := a.Grounds[g].At.Point
		d.Listed = append(d.Listed, PlaceDocument{a.Grounds[g].name(a.chain).In(l), [2]float64{at.Lon(), at.Lat()}, tenth(a.Grounds[g].SquareMetres)})
	}
	for _, row := range f.Mend {
		row.Note = f.MendNote.In(l)
		cells := map[string]string{}
		for n, cell := range duty.FormatRule(row) {
			if cell != "" {
				cells[duty.RuleColumns[n]] = cell
			}
		}
		d.Mend = append(d.Mend, cells)
	}
	d.MendMore = f.MendMore
	return d
}

func unlessAny(text string) *string {
	if text == anyText || text == "any" {
		return nil
	}
	return &text
}

func (a *Audit) categoryDocuments(keys []geo.CategoryKey) []CategoryDocument {
	var all []CategoryDocument
	for _, k := range keys {
		all = append(all, a.CategoryDocument(k))
	}
	return all
}

// CategoryDocument writes a category as the audited view names it.
func (a *Audit) CategoryDocument(k geo.CategoryKey) CategoryDocument {
	c, _ := a.view.Category(k)
	return CategoryDocument{k.Standard, k.Kind, k.Code, c.Name}
}

// MatrixDocument writes the matrix of a layer; errors as of [Audit.Matrix].
func (a *Audit) MatrixDocument(layer geo.LayerName, most int) (*MatrixDocument, error) {
	matrix, err := a.Matrix(layer, most)
	if err != nil {
		return nil, err
	}
	m := &MatrixDocument{Layer: matrix.Layer, Areas: []AreaDocument{}, Rows: []MatrixRowDocument{}}
	for _, area := range matrix.Areas {
		m.Areas = append(m.Areas, AreaDocument{area.Code, area.Name})
	}
	for _, r := range matrix.Rows {
		row := MatrixRowDocument{Categories: a.categoryDocuments(r.Categories), Cells: []MatrixCellDocument{}}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, MatrixCellDocument{c.Department, c.Departments, tenth(c.Answered), tenth(c.Fallback), tenth(c.Nobody)})
		}
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

// FeatureCollection is GeoJSON (RFC 7946): a feature for each finding that has a place,
// with the ground of its places.
type FeatureCollection struct {
	Type     string    `json:"type"`
	Features []Feature `json:"features"`
	Next     int       `json:"next,omitempty"` // offset of the next page
}

// Feature is one finding. Drawn tells how many of its places are drawn: of a finding all
// over the city not all are.
type Feature struct {
	Type       string     `json:"type"`
	ID         int        `json:"id"`
	Geometry   Geometry   `json:"geometry"`
	Properties Properties `json:"properties"`
}

// Geometry is a MultiPolygon.
type Geometry struct {
	Type        string           `json:"type"`
	Coordinates [][][][2]float64 `json:"coordinates"`
}

// Properties are a finding, without the places it lists.
type Properties struct {
	FindingDocument
	Drawn int `json:"drawn"`
}

// Features draws the findings from an offset, at most limit of them.
func (a *Audit) Features(offset, limit int, l geo.Language) FeatureCollection {
	c := FeatureCollection{Type: "FeatureCollection", Features: []Feature{}}
	for i := offset; i < len(a.Findings) && i < offset+limit; i++ {
		if len(a.Findings[i].Grounds) == 0 {
			continue
		}
		f := Feature{Type: "Feature", ID: i + 1, Properties: Properties{FindingDocument: a.document(i, l)}}
		f.Properties.Listed = nil
		f.Geometry, f.Properties.Drawn = a.drawn(a.Findings[i].Grounds)
		c.Features = append(c.Features, f)
	}
	if offset+limit < len(a.Findings) {
		c.Next = offset + limit
	}
	return c
}

// drawn is the ground of as many places as are drawn.
func (a *Audit) drawn(grounds []int32) (g Geometry, n int) {
	g = Geometry{Type: "MultiPolygon", Coordinates: [][][][2]float64{}}
	vertices := 0
	for _, i := range grounds[:min(len(grounds), drawnGrounds)] {
		for _, polygon := range a.Grounds[i].Shape() {
			var rings [][][2]float64
			for _, ring := range polygon {
				line := make([][2]float64, 0, len(ring)+1)
				for _, c := range ring {
					line = append(line, [2]float64{c.Lon(), c.Lat()})
				}
				vertices += len(line)
				rings = append(rings, append(line, line[0]))
			}
			g.Coordinates = append(g.Coordinates, rings)
		}
		if n++; vertices > drawnVertices {
			break
		}
	}
	return g, n
}

// ComparisonDocument is a comparison as it is written.
type ComparisonDocument struct {
	Before  geo.Edition      `json:"before_edition"`
	After   geo.Edition      `json:"after_edition"`
	Reports int              `json:"reports"` // how many were routed again
	Total   int              `json:"total"`   // changes
	Changes []ChangeDocument `json:"changes"` // the most ground first
}

// ChangeDocument is duty that passes from one department to another; empty is nobody.
type ChangeDocument struct {
	From       geo.DepartmentCode `json:"from"`
	To         geo.DepartmentCode `json:"to"`
	Categories []CategoryDocument `json:"categories"`
	Places     int                `json:"places"`
	Listed     []PlaceDocument    `json:"listed,omitempty"`
	Metres2    float64            `json:"area_m2"`
	Assets     int                `json:"assets"`
	Reports    int                `json:"reports"`
}

// Document writes at most limit of the changes.
func (c *Comparison) Document(limit int) ComparisonDocument {
	d := ComparisonDocument{Before: c.Before, After: c.After, Reports: c.Reports, Total: len(c.Changes), Changes: []ChangeDocument{}}
	b := c.exam.books[1]
	for i := range c.Changes[:min(len(c.Changes), limit)] {
		change := &c.Changes[i]
		one := ChangeDocument{
			From: change.From, To: change.To, Categories: []CategoryDocument{}, Places: len(change.Grounds),
			Metres2: tenth(change.Metres2), Assets: change.Assets, Reports: change.Reports,
		}
		for _, k := range change.Categories {
			category, _ := b.view.Category(k)
			one.Categories = append(one.Categories, CategoryDocument{k.Standard, k.Kind, k.Code, category.Name})
		}
		for _, g := range change.Grounds[:min(len(change.Grounds), listedPlaces)] {
			ground := &c.Grounds[g]
			at := ground.At.Point
			one.Listed = append(one.Listed, PlaceDocument{ground.name(b.engine.Chain()).String(), [2]float64{at.Lon(), at.Lat()}, tenth(ground.SquareMetres)})
		}
		d.Changes = append(d.Changes, one)
	}
	return d
}

// tenth rounds square metres to the tenth that is told.
func tenth(metres2 float64) float64 { return math.Round(metres2*10) / 10 }
