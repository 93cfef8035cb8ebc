package routing

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"gridwarden/geo"
)

// Reason is why a step came out as it did.
type Reason string

// What a step can come to. The texts are kept with stored decisions: a reason once used
// keeps its meaning.
const (
	answers           Reason = "answers"
	succeeds          Reason = "succeeds"
	returnedIt        Reason = "returned"
	namesNobody       Reason = "names-nobody"
	unknownDepartment Reason = "unknown-department"
	endedWithout      Reason = "ended"
	ringOfSuccessors  Reason = "successor-ring"
	outside           Reason = "outside"
	nobody            Reason = "nobody"
	notInLayer        Reason = "not-in-layer"
	noAsset           Reason = "no-asset"
	anAsset           Reason = "an-asset"
	otherAsset        Reason = "other-asset"
	otherCondition    Reason = "other-condition"
	notYetValid       Reason = "not-yet-valid"
	noLongerValid     Reason = "no-longer-valid"
	otherHours        Reason = "other-hours"
	otherAnswer       Reason = "other-answer"
	notAnswered       Reason = "not-answered"
	moreRows          Reason = "more-rows"

	unknownAsset   Reason = "unknown-asset"
	farAsset       Reason = "far-asset"
	noAssetNear    Reason = "no-asset-near"
	tookAsset      Reason = "took-asset"
	otherThing     Reason = "asset-of-other-category"
	answered       Reason = "answered"
	answerUnknown  Reason = "answer-unknown"
	recoded        Reason = "recoded"
	beforeFirst    Reason = "before-first-edition"
	raised         Reason = "raised"
	noSuchLevel    Reason = "no-such-level"
	unknownHelper  Reason = "unknown-helper"
	returnedHelper Reason = "returned-helper"
	calledBy       Reason = "called"
	noDeadlineTime Reason = "no-working-time"

	acrossBorder Reason = "across-border"
	notIn        Reason = "not-in"
	ifAnswered   Reason = "if-answered"
	assetNear    Reason = "asset-near"
	noneMeant    Reason = "none-meant"
	equalRow     Reason = "equal-row"

	// Withheld is told in place of a reason that names what the reader may not see.
	Withheld Reason = "withheld"
)

// words are a sentence in each language; %s are the step's Args in order.
type words struct{ en, zh string }

var sentences = map[Reason]words{
	answers:           {"%s answers for it", "由%s负责"},
	succeeds:          {"%s answers for it, having succeeded a body that ended", "原单位已撤销，由其承接单位%s负责"},
	returnedIt:        {"%s has returned the report and is passed over", "%s已回退本件，不再派给该单位"},
	namesNobody:       {"no department is named", "未写明责任单位"},
	unknownDepartment: {"it names the department %s, which is not known here", "所写单位代码%s在本系统中不存在"},
	endedWithout:      {"%s ended on %s and names no successor", "%s已于%s撤销，且未写明承接单位"},
	ringOfSuccessors:  {"the department has ended, and its successors name one another in a ring", "该单位已撤销，其承接单位相互指向，形成循环"},
	outside:           {"the place lies outside every area that has a territorial department", "事发地点不在任何属地区域内"},
	nobody:            {"Nobody is named for this place and thing; the report is kept for a person to decide", "此处此类问题未明确责任单位，转人工处理"},
	notInLayer:        {"the place lies in no area of the layer %s", "事发地点不在图层%s的任何区域内"},
	noAsset:           {"the row needs an asset, and there is none", "该行要求有对应部件，而此处没有"},
	anAsset:           {"the row holds only where there is no asset, and there is one", "该行仅适用于没有部件的情形，而此处有部件"},
	otherAsset:        {"the asset is not one the row is about (%s)", "该部件不符合该行的部件条件（%s）"},
	otherCondition:    {"the row holds only under the filing condition %s", "该行仅适用于立案条件%s"},
	notYetValid:       {"the row holds from %s on", "该行自%s起生效，当时尚未生效"},
	noLongerValid:     {"the row held until %s", "该行有效期至%s，当时已失效"},
	otherHours:        {"the row holds at other hours (%s)", "不在该行的适用时段内（%s）"},
	otherAnswer:       {"the row asks for other answers than were given (%s)", "所作回答与该行的条件不符（%s）"},
	notAnswered:       {"the row asks what was not answered (%s)", "该行的条件尚未得到回答（%s）"},
	moreRows:          {"Besides these, rows that did not hold: %s", "此外另有%s行不适用"},

	unknownAsset:   {"the asset named, %s, is not known here and is passed over", "所填部件%s在本系统中不存在，不予采用"},
	farAsset:       {"the asset named, %s, stands %s m away, too far to be meant, and is passed over", "所填部件%s距事发地点%s米，过远，不予采用"},
	noAssetNear:    {"no such asset stands within %s m of the point", "事发地点%s米内没有此类部件"},
	tookAsset:      {"the asset %s, %s m from the point, is taken for the one meant", "取距事发地点%[2]s米的部件%[1]s为所指部件"},
	otherThing:     {"the asset named, %s, is of the category %s, not of the one reported, %s", "所填部件%s的类别为%s，与上报类别%s不同"},
	answered:       {"%s was answered with %s", "“%s”的回答为“%s”"},
	answerUnknown:  {"%[1]s was answered with %[2]s, which names nothing near the point and is passed over", "“%s”的回答“%s”在事发地点附近没有对应对象，不予采用"},
	recoded:        {"the old code %s is today's %s", "旧代码%s对应现行代码%s"},
	beforeFirst:    {"the report is older than the first edition and is decided by it", "上报时间早于首版责任清单，按首版判定"},
	raised:         {"a body of level %s was asked for, so it goes to %s", "要求派至第%s级单位，由%s承接"},
	noSuchLevel:    {"a body of level %s was asked for and none in office stands there, so it goes to %s", "要求派至第%s级单位，但该级没有可承接的单位，由%s承接"},
	unknownHelper:  {"the helper %s is not a department in office and is not called", "配合单位%s不存在或已撤销，不予派发"},
	returnedHelper: {"the helper %s has returned the report and is not called again", "配合单位%s已回退本件，不再派发"},
	calledBy:       {"%s is called to help and must answer", "街道吹哨，%s须报到"},
	noDeadlineTime: {"no deadline could be worked out: %s", "无法计算处置时限：%s"},

	acrossBorder: {"the place could be in %s, whose border is within the %s m to which the point is known", "定位精度为%[2]s米，事发地点可能在%[1]s"},
	notIn:        {"the place could be outside %s, whose border is within the %s m to which the point is known", "定位精度为%[2]s米，事发地点可能不在%[1]s"},
	ifAnswered:   {"it answers if %s is %s", "若“%s”为“%s”，则由其负责"},
	assetNear:    {"the asset %s, %s m from the point, could be the one meant", "所指也可能是距事发地点%[2]s米的部件%[1]s"},
	noneMeant:    {"none of the assets near may be the one meant", "所指也可能不是附近的任何部件"},
	Withheld:     {"why is not for this reader to know", "原因涉及受限信息，不予显示"},
	equalRow:     {"it holds just as well as row %s and has the same rank", "与责任清单“%s”行同等适用"},
}

// Why is the step as a sentence: what was looked at, and what came of it.
func (s Step) Why(l geo.Language) string {
	w, known := sentences[s.Reason]
	if !known {
		return string(s.Reason)
	}
	args := make([]any, len(s.Args))
	for i, a := range s.Args {
		args[i] = a
	}
	text := w.en
	if l == geo.Chinese {
		text = w.zh
	}
	if len(args) > 0 || strings.Contains(text, "%") {
		text = fmt.Sprintf(text, args...)
	}
	head := s.head(l)
	if l == geo.Chinese {
		if head != "" {
			head += "："
		}
		return head + text + "。"
	}
	if head != "" {
		head += ": "
	} else {
		first, size := utf8.DecodeRuneInString(text)
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	return head + text + "."
}

// head names what was looked at.
func (s Step) head(l geo.Language) string {
	zh := l == geo.Chinese
	switch s.Rule {
	case ByRow:
		head := pick(zh, "责任清单“"+string(s.Row)+"”行", "Duty row "+string(s.Row))
		if of := s.of(zh); of != "" {
			head += pick(zh, "（"+of+"）", " ("+of+")")
		}
		return head
	case ByRuling:
		if s.Name != "" {
			return pick(zh, "裁定（依据："+s.Name+"）", "Ruling "+s.Subject+" ("+s.Name+")")
		}
		return pick(zh, "裁定", "Ruling ") + s.Subject
	case Maintainer, Owner, Authority:
		who := map[Rule]words{Maintainer: {"Maintainer", "养护单位"}, Owner: {"Owner", "权属单位"}, Authority: {"Authority", "主管部门"}}[s.Rule]
		return pick(zh, s.of(zh)+"的"+who.zh, who.en+" of "+s.of(zh))
	case Territory:
		return s.ground(zh, pick(zh, "属地", "Territory"))
	case Fallback:
		return s.ground(zh, pick(zh, "属地兜底", "Fallback"))
	}
	return "" // the sentence says it
}

// of names what was looked at for people: by its name where it has one.
func (s Step) of(zh bool) string {
	if s.Name != "" {
		_, code, _ := strings.Cut(s.Subject, " ")
		return s.Name + " " + code
	}
	if id, isAsset := strings.CutPrefix(s.Subject, "asset "); isAsset && zh {
		return "部件" + id
	}
	return s.Subject
}

func (s Step) ground(zh bool, word string) string {
	if of := s.of(zh); of != "" {
		return word + pick(zh, "（"+of+"）", " ("+of+")")
	}
	return word
}

func pick(zh bool, chinese, english string) string {
	if zh {
		return chinese
	}
	return english
}

// maxRowSteps is how many rows that did not hold an explanation tells one by one.
const maxRowSteps = 50

// trace takes the steps of one decision; a nil trace takes none.
type trace struct {
	steps  []Step
	asks   []ask
	passes int // rows that did not hold
}

func (t *trace) note(s Step) {
	if t != nil {
		t.steps = append(t.steps, s)
	}
}

// args are a step's, when somebody wants them.
func (t *trace) args(texts ...string) []string {
	if t == nil {
		return nil
	}
	return append([]string(nil), texts...)
}

// passed notes a row that did not hold.
func (t *trace) passed(r *row, reason Reason) {
	if t == nil {
		return
	}
	if t.passes++; t.passes > maxRowSteps {
		return
	}
	step := Step{Rule: ByRow, Row: r.ID, Reason: reason}
	switch reason {
	case otherCondition:
		step.Args = []string{r.Condition}
	case notYetValid:
		step.Args = []string{r.ValidFrom.String()}
	case noLongerValid:
		step.Args = []string{r.ValidUntil.String()}
	case otherHours:
		step.Args = []string{r.Hours}
	case otherAsset:
		step.Args = []string{r.AssetWhere}
	case otherAnswer, notAnswered:
		step.Args = r.asks
	}
	t.note(step)
}

// morePassed notes how many more rows did not hold.
func (t *trace) morePassed() {
	if t != nil && t.passes > maxRowSteps {
		t.note(Step{Reason: moreRows, Args: []string{fmt.Sprint(t.passes - maxRowSteps)}})
	}
}
