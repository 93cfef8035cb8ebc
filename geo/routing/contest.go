package routing

import (
	"cmp"
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

	options  []Option    // of the question at hand
	verdicts []verdict   // one for each option
	areas    []*geo.Area // beside a border
}

// done is the room of a contest without what it gathered.
func (c *contest) done() contest {
	clear(c.candidates)
	clear(c.options)
	clear(c.verdicts)
	clear(c.areas)
	return contest{candidates: c.candidates[:0], options: c.options[:0], verdicts: c.verdicts[:0], areas: c.areas[:0]}
}

// held looks for other departments that could be right: what was not answered, a row that
// equals the one that decided, another asset or another area within the accuracy. It is nil
// when nobody else could be.
func (c *contest) held() *Contested {
	for i := range c.trace.asks {
		c.ask(&c.trace.asks[i])
	}
	if rival := c.verdict.rival; rival != nil {
		c.candidate(c.raised(c.verdict.rivalLead), Step{Rule: ByRow, Row: rival.ID, Reason: equalRow, Args: []string{string(c.verdict.row.ID)}})
	}
	c.assets()
	c.borders()
	if len(c.candidates) == 0 {
		return nil
	}
	all := make([]Candidate, 0, 1+len(c.candidates))
	if lead := c.decision.Department; lead != nil {
		all = append(all, Candidate{lead, c.deciding()})
	}
	return &Contested{append(all, c.candidates...), c.question}
}

// deciding is the step that decided.
func (c *contest) deciding() Step {
	for i := range slices.Backward(c.trace.steps) {
		if c.trace.steps[i].Decided {
			return c.trace.steps[i]
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
	c.candidates = append(c.candidates, Candidate{d, why})
}

// option adds one to the question at hand, and what would be decided if it is chosen.
func (c *contest) option(o Option, v verdict) {
	c.options, c.verdicts = append(c.options, o), append(c.verdicts, v)
}

// wonder asks the question at hand when one of its options has another lead.
func (c *contest) wonder(id, subject string, why func(*Option) Step) {
	if c.weigh(why) && c.question == nil {
		c.pose(id, subject)
	}
	c.options, c.verdicts = c.options[:0], c.verdicts[:0]
}

func (c *contest) pose(id, subject string) {
	c.question = &Question{id, subject, slices.Clone(c.options)}
}

// weigh tells whether an option has another lead, and takes those for candidates. Each
// one's reason names the duty row by which it would be one.
func (c *contest) weigh(why func(*Option) Step) (matters bool) {
	for i := range c.verdicts {
		o, v := &c.options[i], &c.verdicts[i]
		lead := c.raised(v.department)
		if lead != nil {
			o.Department = &lead.Code
		}
		if !c.same(lead) {
			matters = true
			if lead != nil {
				step := why(o)
				if v.row != nil {
					step.Rule, step.Row = ByRow, v.row.ID
				}
				c.candidate(lead, step)
			}
		}
	}
	return matters
}

// ask is for a row that would decide otherwise if what it asks were so.
func (c *contest) ask(a *ask) {
	lead := c.raised(a.department)
	if c.same(lead) {
		return
	}
	if c.question == nil {
		c.askFor(a.row)
	}
	// Where several keys are open, one answer alone may not bring the row about.
	c.candidate(lead, Step{Rule: ByRow, Row: a.row.ID, Reason: notAnswered, Args: a.row.asks})
}

// askFor asks for the first key of a row's that was not answered. The options are the
// values that rows name here for it, the first of them where they are too many to choose
// from, and another.
func (c *contest) askFor(r *row) {
	key := ""
	for _, w := range r.where {
		if _, given := c.situation.answered(w.Key); !given {
			key = w.Key
			break
		}
	}
	for i := range c.trace.asks {
		if len(c.options) >= maxOptions {
			break
		}
		for _, w := range c.trace.asks[i].row.where {
			if w.Key == key {
				c.suppose(key, w.Values...)
			}
		}
	}
	c.suppose(key, otherValue)
	c.weigh(func(o *Option) Step { return Step{Reason: ifAnswered, Args: []string{key, o.Value}} })
	c.pose(key, "")
	c.options, c.verdicts = c.options[:0], c.verdicts[:0]
}

// maxOptions is how many values a question offers.
const maxOptions = 100

// otherValue is the answer "none of these".
const otherValue = "other"

// suppose adds the options that answer a key with these values, each once.
func (c *contest) suppose(key string, values ...string) {
	s := c.situation
	for _, v := range values {
		if !slices.ContainsFunc(c.options, func(o Option) bool { return o.Value == v }) {
			s.supposed = answer{key, v}
			c.option(Option{Value: v}, c.judgeBy(c.rows, &s, nil))
		}
	}
}

// assets asks which of several assets is meant, when they have different leads.
func (c *contest) assets() {
	all := c.decision.Candidates
	if c.fixed || len(all) < 2 {
		return
	}
	c.option(c.thisAsset(&all[0]), c.verdict)
	s := c.situation
	for i := range all[1:] {
		n := &all[1+i]
		s.Asset = &n.Asset
		if c.request.Category.Code != "" {
			c.option(c.thisAsset(n), c.judgeBy(c.rows, &s, nil))
			continue
		}
		s.Category = n.Asset.Category
		c.option(c.thisAsset(n), c.judge(&s, nil))
	}
	c.wonder(assetQuestion, "", func(o *Option) Step { return Step{Reason: assetNear, Args: []string{o.Value, metres(*o.Metres)}} })
	if c.question != nil && c.question.ID == assetQuestion {
		c.question.Options = append(c.question.Options, c.noneOfThem())
	}
}

// thisAsset is the answer that an asset is the one meant.
func (c *contest) thisAsset(n *index.Near) Option {
	o := Option{Value: string(n.Asset.ID), Name: n.Asset.Name, Metres: &n.Metres}
	if known := c.categories[n.Asset.Category]; known != nil && o.Name == "" {
		o.Name = known.Name
	}
	return o
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
	for i := range c.asking {
		switch l := &c.asking[i]; l.Kind {
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
func (c *contest) coverageBorder(l *asking, box geo.Box) {
	for _, layer := range l.up {
		here := c.situation.area(layer)
		if here != nil && (layer == l.Name && c.amongKin(l, here, box) || c.snapshot.Within(layer, box) != nil) {
			return
		}
		others := c.across(layer, here, box)
		if len(others) > 0 {
			c.whichArea(layer, here, others)
		}
		if here != nil || len(others) > 0 {
			return
		}
	}
}

// amongKin tells where all areas near are children of one area, and alike.
func (c *contest) amongKin(l *asking, here *geo.Area, box geo.Box) bool {
	if len(l.up) < 2 {
		return false
	}
	parent := c.snapshot.Within(l.up[1], box)
	return parent != nil && here.Parent == parent.Code && c.kin(l, parent)
}

// whichArea asks whether the place is here, which may be nowhere, or in one of the others.
func (c *contest) whichArea(layer geo.LayerName, here *geo.Area, others []*geo.Area) {
	id := areaQuestion + string(layer)
	if _, given := c.request.Answers[id]; given {
		return
	}
	if here != nil {
		c.option(Option{Value: string(here.Code), Name: here.Name}, c.verdict)
	}
	s := c.situation
	for _, a := range others {
		s.Place = c.moved(a)
		c.option(Option{Value: string(a.Code), Name: a.Name}, c.judge(&s, nil))
	}
	l, _ := c.snapshot.Layer(layer)
	c.wonder(id, cmp.Or(l.Title, string(layer)), func(o *Option) Step { return c.beyond(layer, o.Value, o.Name) })
}

// across are the areas of a coverage within the accuracy beside the one that holds the
// place, by code; none when nothing can tell any of them from it.
func (c *contest) across(layer geo.LayerName, here *geo.Area, box geo.Box) []*geo.Area {
	others := c.areas[:0]
	for a := range c.snapshot.AreasIn(layer, box) {
		if a != here {
			others = append(others, a)
		}
	}
	c.areas = others
	if !slices.ContainsFunc(others, func(a *geo.Area) bool { return here == nil || !c.alike(a, here) }) {
		return nil
	}
	others = slices.DeleteFunc(others, func(a *geo.Area) bool {
		_, near := c.snapshot.EdgeDistance(a, c.request.At, c.accuracy)
		return !near
	})
	slices.SortFunc(others, func(a, b *geo.Area) int { return cmp.Compare(a.Code, b.Code) })
	return others
}

// alike tells whether rows and standing order treat two areas of a layer, with those above
// them, as one.
func (e *Engine) alike(a, b *geo.Area) bool {
	chain := e.chains[a.Layer]
	for _, up := range chain[slices.Index(chain, a.Layer)+1:] {
		switch {
		case !e.twins(a, b):
			return false
		case a.Parent == b.Parent:
			return true
		}
		if a, b = e.snapshot.Area(up, a.Parent), e.snapshot.Area(up, b.Parent); a == nil || b == nil {
			return false
		}
	}
	return e.twins(a, b)
}

// twins tells whether two areas name one department and fit the same rows.
func (e *Engine) twins(a, b *geo.Area) bool {
	var ofA, ofB [8]int32
	return a.Department == b.Department && slices.Equal(e.patternsOf(a, ofA[:0]), e.patternsOf(b, ofB[:0]))
}

// kin tells whether the children of an area are all alike, and keeps that for the next
// time: few of a city's areas are reported from, and looking at all takes long.
func (e *Engine) kin(l *asking, parent *geo.Area) bool {
	kept := l.kin[parent.ID]
	if kept == nil {
		return false
	}
	if told := kept.Load(); told != notTold {
		return told == areKin
	}
	var first *geo.Area
	told := areKin
	for a := range e.snapshot.AreasIn(l.Name, parent.Shape.Box()) {
		switch {
		case a.Parent != parent.Code:
		case first == nil:
			first = a
		case !e.alike(a, first):
			told = areNoKin
		}
	}
	kept.Store(told)
	return told == areKin
}

// What is told of the children of an area.
const (
	notTold uint32 = iota
	areKin
	areNoKin
)

// beyond is why an area beyond a border is a candidate.
func (c *contest) beyond(layer geo.LayerName, code, name string) Step {
	return Step{Subject: string(layer) + " " + code, Reason: acrossBorder, Args: []string{cmp.Or(name, code), metres(c.accuracy)}}
}

func (c *contest) overlayBorders(l *asking, box geo.Box) {
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
	inside, outside := c.verdict, c.judge(&s, nil)
	if !in {
		inside, outside = outside, inside
	}
	c.option(Option{Value: yes, Name: a.Name}, inside)
	c.option(Option{Value: no, Name: a.Name}, outside)
	c.wonder(id, cmp.Or(a.Name, string(a.Code)), func(o *Option) Step {
		if o.Value == no {
			return Step{Subject: subject(&c.trace, a), Reason: notIn, Args: []string{cmp.Or(a.Name, string(a.Code)), metres(c.accuracy)}}
		}
		return c.beyond(a.Layer, string(a.Code), a.Name)
	})
}

// lineReaches asks about lines whose reach, or whose own side, ends within the accuracy.
func (c *contest) lineReaches(l *asking) {
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
func (c *contest) open(a *geo.Area, l *asking) bool {
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
