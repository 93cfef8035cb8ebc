package routing

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gridwarden/geo"
)

// in is the question in words.
func (q *QuestionRecord) in(l geo.Language) *QuestionRecord {
	zh := l == geo.Chinese
	out := &QuestionRecord{ID: q.ID, Subject: q.Subject}
	yesNo := false
	switch {
	case q.ID == assetQuestion:
		out.Text = pick(zh, "所指的是哪一个部件？", "Which of these assets is meant?")
	case strings.HasPrefix(q.ID, areaQuestion):
		out.Text = pick(zh, "事发地点在以下哪个“"+q.Subject+"”内？", "In which of these ("+q.Subject+") is the place?")
	case strings.HasPrefix(q.ID, inQuestion):
		yesNo = true
		out.Text = pick(zh, "事发地点是否在“"+q.Subject+"”内？", "Is the place inside "+q.Subject+"?")
	case strings.HasPrefix(q.ID, onQuestion):
		yesNo = true
		out.Text = pick(zh, "事发地点是否属于“"+q.Subject+"”的管辖范围？", "Does the place belong to "+q.Subject+"?")
	default:
		out.Text = pick(zh, "“"+q.ID+"”属于哪一种情况？", "Which of these holds for "+q.ID+"?")
	}
	for _, o := range q.Options {
		o.Text = o.text(zh, yesNo)
		out.Options = append(out.Options, o)
	}
	return out
}

func (o OptionRecord) text(zh, yesNo bool) string {
	switch {
	case o.Value == yes && yesNo:
		return pick(zh, "是", "yes")
	case o.Value == no && yesNo:
		return pick(zh, "否", "no")
	case o.Value == none:
		return pick(zh, "都不是", "none of these")
	case o.Value == otherValue:
		return pick(zh, "其他", "something else")
	case o.Distance != nil:
		far := metres(float64(*o.Distance))
		return pick(zh, o.Name+"，"+far+"米（"+o.Value+"）", o.Name+", "+far+" m away ("+o.Value+")")
	case o.Name != "":
		return pick(zh, o.Name+"（"+o.Value+"）", o.Name+" ("+o.Value+")")
	}
	return o.Value
}

// paragraph tells the whole decision in words: where, what, what was looked at, who
// answers until when, and what is open.
func (r *Record) paragraph(l geo.Language) string {
	zh := l == geo.Chinese
	var s sentencesOf
	s.zh = zh
	s.add(r.where(zh))
	for _, step := range r.Explanation {
		s.add(step.Sentence)
	}
	s.add(r.conclusion(zh))
	if d := r.Deadline; d != nil {
		due, limit := d.DueAt.Format("2006-01-02 15:04"), strconv.FormatFloat(d.Limit, 'f', -1, 64)
		s.add(pick(zh, fmt.Sprintf("处置时限为%s个%s，须于%s前处置完毕。", limit, unitName(d.Unit, true), due),
			fmt.Sprintf("It is due by %s (%s: %s).", due, unitName(d.Unit, false), limit)))
	}
	if c := r.Contested; c != nil {
		var names []string
		for i, k := range c.Candidates {
			if i > 0 || r.Department == nil {
				names = append(names, k.Department.Name)
			}
		}
		s.add(pick(zh, "也可能由以下单位负责："+strings.Join(names, "、")+"。", "It could also be the duty of "+strings.Join(names, ", ")+"."))
		if c.Question != nil {
			s.add(c.Question.Text)
		}
	}
	return s.String()
}

// where is the opening sentence.
func (r *Record) where(zh bool) string {
	var names []string
	for _, a := range r.Areas {
		name := a.Name
		if name == "" {
			name = string(a.Code)
		}
		names = append(names, name)
	}
	place := pick(zh, "事发地点不在任何区域内", "The place lies in no area")
	if len(names) > 0 {
		place = pick(zh, "事发地点位于"+strings.Join(names, "、"), "The place lies in "+strings.Join(names, ", "))
	}
	if n := r.areasLeftOff(); n > 0 {
		place += pick(zh, fmt.Sprintf("，另有%d个区域", n), fmt.Sprintf(" and %d more", n))
	}
	switch c := r.Category; {
	case c != nil:
		place += pick(zh, "，类别为"+c.Name+"（"+c.Standard+" "+c.Code+"）", "; the category is "+cmp.Or(c.NameEN, c.Name)+" ("+c.Standard+" "+c.Code+")")
	case r.Family != "":
		place += pick(zh, "，上报为“"+r.Family+"”一类", "; it was reported as one of "+r.Family)
	}
	return place + pick(zh, fmt.Sprintf("，按第%d版判定。", r.Edition), fmt.Sprintf("; edition %d decides.", r.Edition))
}

// areasLeftOff is how many areas hold the place that are not named; lines are not counted.
func (r *Record) areasLeftOff() (n int) {
	for layer, more := range r.LeftOff {
		if slices.ContainsFunc(r.Areas, func(a AreaRef) bool { return a.Layer == layer }) {
			n += more
		}
	}
	return n
}

// conclusion names the lead, the basis and who helps.
func (r *Record) conclusion(zh bool) string {
	if r.Department == nil {
		return ""
	}
	text := pick(zh, "因此由"+r.Department.Name+"负责", "So "+r.Department.Name+" must act")
	if r.Basis != "" {
		text += pick(zh, "，依据："+r.Basis, ", on the basis of "+r.Basis)
	}
	if len(r.Helpers) > 0 {
		var names []string
		for _, h := range r.Helpers {
			names = append(names, h.Name)
		}
		text += pick(zh, "，配合单位："+strings.Join(names, "、"), ", helped by "+strings.Join(names, ", "))
	}
	return text + pick(zh, "。", ".")
}

func unitName(u geo.TimeUnit, zh bool) string {
	w := map[geo.TimeUnit]words{
		geo.UrgentHour: {"hours by the clock", "紧急工作时"}, geo.WorkHour: {"working hours", "工作时"},
		geo.WorkDay: {"working days", "工作日"}, geo.NaturalDay: {"calendar days", "自然日"},
	}[u]
	return pick(zh, w.zh, w.en)
}

// sentencesOf joins sentences: with a space in English, without in Chinese.
type sentencesOf struct {
	strings.Builder
	zh bool
}

func (s *sentencesOf) add(sentence string) {
	if sentence == "" {
		return
	}
	if s.Len() > 0 && !s.zh {
		s.WriteByte(' ')
	}
	s.WriteString(sentence)
}
