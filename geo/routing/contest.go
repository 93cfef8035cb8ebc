package routing

import (
	"cmp"
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

// contest gathers who else could be right, all at the level asked for. The first question
// that could tell is asked.
type contest struct {
	*decider
	candidates []Candidate
	question   *Question
}

// result is nil when nobody else could be right.
func (c *contest) result() *Contested {
	if len(c.candidates) == 0 {
		return nil
	}
	out := &Contested{Question: c.question}
	if lead := c.decision.Department; lead != nil {
		out.Candidates = append(out.Candidates, Candidate{*lead, c.deciding()})
	}
	out.Candidates = append(out.Candidates, c.candidates...)
	return out
}

// deciding is the step that decided.
func (c *contest) deciding() Step {
	for _, s := range slices.Backward(c.trace.steps) {
		if s.Decided {
			return s
		}
	}
	return Step{}
}

// raised is who would be the lead for a department: its body at the level asked for.
func (c *contest) raised(d *geo.Department) *geo.Department {
	if d == nil {
		return nil
	}
	return c.atLevel(d, &c.situation)
}

// same tells whether a lead is that of the decision; nil is nobody.
func (c *contest) same(d *geo.Department) bool {
	lead := c.decision.Department
	return d == nil && lead == nil || d != nil && lead != nil && d.Code == lead.Code
}

// candidate adds a lead that could be right, once.
func (c *contest) candidate(d *geo.Department, why Step) {
	if d == nil || c.same(d) || slices.ContainsFunc(c.candidates, func(o Candidate) bool { return o.Department.Code == d.Code }) {
		return
	}
	why.Department = d.Code
	c.candidates = append(c.candidates, Candidate{*d, why})
}

// wonder asks a question when one of its options has another lead. Each candidate's reason
// names the duty row by which it would be one.
func (c *contest) wonder(q Question, why func(Option) Step, verdicts []verdict) {
	matters := false
	for i, v := range verdicts {
		lead := c.raised(v.department)
		if lead != nil {
			q.Options[i].Department = &lead.Code
		}
		if !c.same(lead) {
			matters = true
			if lead != nil {
				step := why(q.Options[i])
				if v.row != nil {
					step.Rule, step.Row = ByRow, v.row.ID
				}
				c.candidate(lead, step)
			}
		}
	}
	if matters && c.question == nil {
		c.question = &q
	}
}

// ask is for a row that would decide otherwise if what it asks were so.
func (c *contest) ask(a ask) {
	lead := c.raised(a.department)
	if c.same(lead) {
		return
	}
	if c.question == nil {
		c.askFor(a)
	}
	// Where several keys are open, one answer alone may not bring the row about.
	c.candidate(lead, Step{Rule: ByRow, Row: a.row.ID, Reason: notAnswered, Args: []string{a.row.Where}})
}

// askFor asks for the first key of a row's that was not answered. The options are the
// values that rows name here for it, the first of them where they are too many to choose
// from, and another.
func (c *contest) askFor(a ask) {
	key := ""
	for _, w := range a.row.where {
		if _, given := c.situation.Answers[w.Key]; !given {
			key = w.Key
			break
		}
	}
	q := Question{ID: key}
	for _, other := range c.verdict.asks {
		if len(q.Options) >= maxOptions {
			break
		}
		for _, w := range other.row.where {
			if w.Key == key {
				q.addOptions(w.Values)
			}
		}
	}
	q.addOptions([]string{otherValue})
	verdicts := make([]verdict, len(q.Options))
	for i, o := range q.Options {
		s := c.situation
		s.Answers = maps.Clone(s.Answers)
		if s.Answers == nil {
			s.Answers = map[string]string{}
		}
		s.Answers[key] = o.Value
		verdicts[i] = c.judge(&s, nil)
	}
	c.wonder(q, func(o Option) Step { return Step{Reason: ifAnswered, Args: []string{key, o.Value}} }, verdicts)
	c.question = &q
}

// maxOptions is how many values a question offers.
const maxOptions = 100

// otherValue is the answer "none of these".
const otherValue = "other"

func (q *Question) addOptions(values []string) {
	for _, v := range values {
		if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Value == v }) {
			q.Options = append(q.Options, Option{Value: v})
		}
	}
}

// assets asks which of several assets is meant, when they have different leads.
func (c *contest) assets() {
	if c.fixed || len(c.decision.Candidates) == 0 {
		return
	}
	q := Question{ID: assetQuestion}
	var verdicts []verdict
	for i := range c.decision.Candidates {
		n := &c.decision.Candidates[i]
		known, _ := c.snapshot.Category(n.Asset.Category)
		q.Options = append(q.Options, Option{Value: string(n.Asset.ID), Name: cmp.Or(n.Asset.Name, known.Name), Metres: &n.Metres})
		if i == 0 {
			verdicts = append(verdicts, c.verdict)
			continue
		}
		s := c.situation
		s.Asset, s.Category = &n.Asset, n.Asset.Category
		if c.request.Category.Code != "" {
			s.Category = c.situation.Category
		}
		verdicts = append(verdicts, c.judge(&s, nil))
	}
	c.wonder(q, func(o Option) Step {
		i := slices.IndexFunc(c.decision.Candidates, func(n index.Near) bool { return string(n.Asset.ID) == o.Value })
		return Step{Reason: assetNear, Args: []string{o.Value, metres(c.decision.Candidates[i].Metres)}}
	}, verdicts)
	if c.question != nil && c.question.ID == assetQuestion {
		c.question.Options = append(c.question.Options, c.noneOfThem())
	}
}

// noneOfThem is the answer that no asset found is the one meant. It is offered where the
// question is asked anyway, and opens none by itself.
func (c *contest) noneOfThem() Option {
	s := c.situation
	s.Asset = nil
	if c.request.Category.Code == "" {
		s.Category, s.Family = geo.CategoryKey{Kind: geo.Component}, c.request.Family
	}
	o := Option{Value: none}
	if lead := c.raised(c.judge(&s, nil).department); lead != nil {
		o.Department = &lead.Code
		c.candidate(lead, Step{Reason: noneMeant})
	}
	return o
}

// borders asks on which side of a border, in which overlay or at which line the place is,
// where the accuracy leaves that open and the lead depends on it.
func (c *contest) borders() {
	if c.accuracy <= 0 {
		return
	}
	box := geo.FrameAt(c.request.At).Around(c.accuracy)
	for _, l := range c.asking {
		switch l.Kind {
		case geo.Coverage:
			c.coverageBorder(l, box)
		case geo.Overlay:
			c.overlayBorders(l, box)
		case geo.Lines:
			c.lineReaches(l)
		}
	}
}

// coverageBorder asks in a layer, or, where none of its areas is at the place or near, in
// the next one up.
func (c *contest) coverageBorder(l geo.Layer, box geo.Box) {
	chain := c.snapshot.Chain(l.Name)
	for _, layer := range chain[slices.Index(chain, l.Name):] {
		here := c.situation.area(layer)
		others := c.across(layer, here, box)
		if len(others) > 0 {
			c.whichArea(layer, here, others)
		}
		if here != nil || len(others) > 0 {
			return
		}
	}
}

// whichArea asks whether the place is here, which may be nowhere, or in one of the others.
func (c *contest) whichArea(layer geo.LayerName, here *geo.Area, others []*geo.Area) {
	id := areaQuestion + string(layer)
	if _, given := c.request.Answers[id]; given {
		return
	}
	l, _ := c.snapshot.Layer(layer)
	q, verdicts := Question{ID: id, Subject: cmp.Or(l.Title, string(layer))}, []verdict{}
	add := func(a *geo.Area, v verdict) {
		q.Options = append(q.Options, Option{Value: string(a.Code), Name: a.Name})
		verdicts = append(verdicts, v)
	}
	if here != nil {
		add(here, c.verdict)
	}
	for _, a := range others {
		s := c.situation
		s.Place = c.moved(a)
		add(a, c.judge(&s, nil))
	}
	c.wonder(q, func(o Option) Step { return c.beyond(layer, o.Value, o.Name) }, verdicts)
}

// across are the areas of a coverage within the accuracy beside the one that holds the
// place, by code; none when nothing can tell any of them from it.
func (c *contest) across(layer geo.LayerName, here *geo.Area, box geo.Box) []*geo.Area {
	var others []*geo.Area
	differ := false
	for a := range c.snapshot.AreasIn(layer, box) {
		if a != here {
			others = append(others, a)
			differ = differ || here == nil || !c.alike(a, here)
		}
	}
	if !differ {
		return nil
	}
	others = slices.DeleteFunc(others, func(a *geo.Area) bool {
		_, near := c.snapshot.EdgeDistance(a, c.request.At, c.accuracy)
		return !near
	})
	slices.SortFunc(others, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	return others
}

// alike tells whether rows and standing order treat two areas of a layer as one.
func (e *Engine) alike(a, b *geo.Area) bool {
	if a.Department != b.Department || a.Parent != b.Parent {
		return false
	}
	var ofA, ofB [8]int32
	return slices.Equal(e.patternsOf(a, ofA[:0]), e.patternsOf(b, ofB[:0]))
}

// beyond is why an area beyond a border is a candidate.
func (c *contest) beyond(layer geo.LayerName, code, name string) Step {
	return Step{Subject: string(layer) + " " + code, Reason: acrossBorder, Args: []string{cmp.Or(name, code), metres(c.accuracy)}}
}

func (c *contest) overlayBorders(l geo.Layer, box geo.Box) {
	var near []*geo.Area
	for a := range c.snapshot.AreasIn(l.Name, box) {
		if _, given := c.request.Answers[insideQuestion(a)]; given {
			continue
		}
		if _, ok := c.snapshot.EdgeDistance(a, c.request.At, c.accuracy); ok {
			near = append(near, a)
		}
	}
	slices.SortFunc(near, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	for _, a := range near {
		c.inOrOut(a, insideQuestion(a))
	}
}

// inOrOut asks whether the place belongs to an area or line.
func (c *contest) inOrOut(a *geo.Area, id string) {
	s, in := c.situation, c.holds(a)
	s.Place = c.toggled(a, in)
	other := c.judge(&s, nil)
	q := Question{ID: id, Subject: cmp.Or(a.Name, string(a.Code)), Options: []Option{{Value: yes, Name: a.Name}, {Value: no, Name: a.Name}}}
	verdicts := []verdict{c.verdict, other}
	if !in {
		slices.Reverse(verdicts)
	}
	c.wonder(q, func(o Option) Step {
		if o.Value == no {
			return Step{Subject: subject(&c.trace, a), Reason: notIn, Args: []string{cmp.Or(a.Name, string(a.Code)), metres(c.accuracy)}}
		}
		return c.beyond(a.Layer, string(a.Code), a.Name)
	}, verdicts)
}

// lineReaches asks about lines whose reach, or whose own side, ends within the accuracy.
func (c *contest) lineReaches(l geo.Layer) {
	var near []*geo.Area
	for a := range c.snapshot.AreasIn(l.Name, geo.FrameAt(c.request.At).Around(c.snapshot.Reach(l.Name)+c.accuracy)) {
		if _, given := c.request.Answers[lineQuestion(a)]; !given && c.open(a, l) {
			near = append(near, a)
		}
	}
	slices.SortFunc(near, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	for _, a := range near {
		c.inOrOut(a, lineQuestion(a))
	}
}

// open tells whether the accuracy leaves open that the place belongs to a line.
func (c *contest) open(a *geo.Area, l geo.Layer) bool {
	reach := cmp.Or(a.Reach, l.Reach)
	metres, near := c.snapshot.EdgeDistance(a, c.request.At, reach+c.accuracy)
	if !near {
		return false
	}
	oneSided := a.Side == geo.Left || a.Side == geo.Right
	if c.holds(a) {
		return metres > reach-c.accuracy || oneSided && metres < c.accuracy
	}
	return metres > reach || metres < c.accuracy // just out of reach, or on the other side
}
