package stories

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestADraftIsMendedWeighedPublishedAndTakenBack: publishing takes two here, and who draws
// may change one grid only, so that the colleague has to agree to what reaches further.
func TestADraftIsMendedWeighedPublishedAndTakenBack(t *testing.T) {
	everyone(t, func(t *testing.T, h hands) {
		c := newDemoCity(t, "--keys", "--four-eyes")
		c.key = c.newKey("市中心", "admin")
		newest := c.edition()
		node, codes := newDrawing(c).inner()
		colleague := c.comes(h, c.newKey("王芳", "planner,publisher"))
		v := c.comes(h, c.newKey("李明", "planner,publisher", codes[0]))
		v.write("#draft-name", "秋季网格调整")
		v.press("#begin")
		d := v.openDraft()
		grid := d.area(codes[0])
		v.goTo(fmt.Sprintf("/#/plan?map=17.00/%.6f/%.6f&draft=%s", node.Lat(), node.Lon(), d.draft))

		colleague.goTo("/#/plan?draft=" + d.draft)
		v.shows("#others .here", "王芳")
		v.tool("split", "s")
		v.line(across(grid))
		v.write("#reason", "网格过大")
		v.press("#keep-edit")
		colleague.shows("#others .news", "网格过大")
		d.edit("职责移交", nobodys(grid)) // a colleague elsewhere
		v.shows("#others .news", "职责移交")
		v.press(`[data-fault="no-department"] .show`)
		v.press(`[data-fault="no-department"] .mend`)
		v.eventually("the fault is mended", func() bool { return len(v.texts("[data-fault]")) == 0 && len(d.inForce()) == 3 })
		v.regroups(d, codes[1])
		v.entersApproval(d)

		want := d.moves()
		for what, numbers := range want {
			v.eventually(fmt.Sprintf("%s: %q", what, numbers), func() bool { return slices.Equal(v.shownMoves(what), numbers) })
		}
		if want["assets"][0] == "0" {
			t.Error("nothing moves, so nothing was weighed")
		}
		v.picture("workplace")
		v.axe("a draft")
		v.compares()

		v.isRefused(colleague, d)
		colleague.schedules(d)
		colleague.press("#publish")
		colleague.write("#publish-note", "秋季调整")
		colleague.picture("publish")
		colleague.axe("publishing")
		colleague.press("#publish-do")
		colleague.shows("#came", strconv.Itoa(newest+1))
		v.shows("#in-the-way", strconv.Itoa(newest+1)) // the dialog is still open
		v.keys(kb.Escape)
		v.shows("#over", strconv.Itoa(newest+1))
		v.press("#to-drafts")
		v.shows(fmt.Sprintf("[data-edition='%d']", newest+1), "秋季调整")

		colleague.press("#take-back")
		colleague.press("#take-back-do")
		colleague.shows("#came", strconv.Itoa(newest+2))
		v.shows(fmt.Sprintf("[data-edition='%d']", newest+2), strconv.Itoa(newest+2))
		if now := c.edition(); now != newest+2 {
			t.Errorf("the newest edition is %d, want %d", now, newest+2)
		}
	})
}

// comes opens the planner's workplace in front of somebody who has to sign in first.
func (c *city) comes(h hands, key string) *visitor {
	c.Helper()
	v := c.visit(h, languageOf(h), "/#/plan")
	v.foresees("401")
	v.signIn(key)
	return v
}

// regroups moves a grid to the group of another: by codes, for which nobody needs the map.
func (v *visitor) regroups(d *drawing, code string) {
	v.Helper()
	groups := d.groups()
	from := slices.IndexFunc(groups, func(g group) bool { return slices.Contains(g.Members, code) })
	to := groups[(from+1)%len(groups)]
	v.tool("select", "v")
	v.chooseByCode(code)
	v.press("#groups > summary")
	v.shows("#group-chosen [data-group]", groups[from].Name)
	v.write("#group-code", to.Code)
	v.shows("#group-found", to.Name)
	v.picture("groups")
	v.press("#group-move")
	v.eventually("it is in the other group", func() bool {
		return slices.ContainsFunc(d.groups(), func(g group) bool { return g.Code == to.Code && slices.Contains(g.Members, code) })
	})
	v.shows("#group-chosen [data-group]", to.Name)
	v.press("#groups > summary")
}

// group is a group of grids.
type group struct {
	Code, Name string
	Members    []string
}

// groups are those of the draft as the service has them.
func (d *drawing) groups() []group {
	d.Helper()
	var all struct{ Groups []group }
	d.ask("GET", "/v1/groups?draft="+url.QueryEscape(d.draft), nil, 200, &all)
	return all.Groups
}

// entersApproval enters the document by which borders of law may move.
func (v *visitor) entersApproval(d *drawing) {
	v.Helper()
	signed, inEffect := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 10, 8, 0, 0, 0, 0, time.UTC)
	v.press("#approvals > summary")
	v.write("#approvals [name=document]", "杭政函〔2026〕12号")
	v.write("#approvals [name=body]", "杭州市人民政府")
	v.writeMoment("#approvals [name=date]", signed)
	v.writeMoment("#approvals [name=effective_day]", inEffect)
	v.write("#approvals [name=file_sha256]", strings.Repeat("a1", 32))
	v.picture("approval")
	v.press("#approvals [type=submit]")
	v.shows("#approvals li", "杭政函〔2026〕12号")
	var now struct {
		Approvals []struct {
			Layer, Document, Date, Author string
			Effective                     string `json:"effective_day"`
		}
	}
	d.ask("GET", d.path(""), nil, 200, &now)
	if a := now.Approvals; len(a) != 1 || a[0].Date != signed.Format(time.DateOnly) || a[0].Effective != inEffect.Format(time.DateOnly) || a[0].Author != "李明" {
		v.Errorf("the approvals are %+v", a)
	}
	v.press("#approvals > summary")
}

// writeMoment writes a day, or with "datetime-local" a moment, into a field for it, part after
// part: the headless browser has them in the American order in every language.
func (v *visitor) writeMoment(selector string, at time.Time) {
	v.Helper()
	digits := at.Format("01022006")
	if js[string](v, `document.querySelector(%q).type`, selector) == "datetime-local" {
		digits = at.Format("010220060304PM")
	}
	if v.hands == keyboard {
		v.tabTo(selector)
	} else {
		v.click(selector)
		v.keys(kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft, kb.ArrowLeft) // to its first part
	}
	for _, digit := range digits {
		v.keys(string(digit))
	}
}

// isRefused wants to publish, which neither its own scope nor its own eyes are enough for;
// the colleague agrees to what lies beyond the scope.
func (v *visitor) isRefused(colleague *visitor, d *drawing) {
	v.Helper()
	v.foresees("403")
	v.press("#publish")
	v.eventually("two edits wait for consent", func() bool { return len(v.texts("#in-the-way li")) == 2 })
	v.keys(kb.Escape)
	colleague.press("#edits > summary")
	for _, number := range []string{"1", "3"} {
		colleague.press(fmt.Sprintf("[data-edit=%q] .consent", number))
		colleague.shows(fmt.Sprintf("[data-edit=%q]", number), "王芳")
	}
	colleague.picture("consent")
	v.press("#publish")
	v.do(chromedp.WaitVisible(chromedp.CSS("#publish-do:enabled")))
	v.press("#publish-do")
	v.shows("#publish-trouble", "")
	v.picture("four-eyes")
}

// schedules lets the draft be published later, and takes that back.
func (v *visitor) schedules(d *drawing) {
	v.Helper()
	v.press("#publish")
	if v.hands == mouse {
		v.press("#publish-later")
	} else {
		v.tabTo("#publish-now")
		v.keys(kb.ArrowDown)
	}
	v.writeMoment("#publish-at", time.Now().AddDate(1, 0, 0))
	v.picture("later")
	v.press("#publish-do")
	v.do(chromedp.WaitVisible(chromedp.CSS("#draft .state.scheduled")))
	var now struct{ State string }
	if d.ask("GET", d.path(""), nil, 200, &now); now.State != "scheduled" {
		v.Errorf("the draft is %s", now.State)
	}
	v.picture("scheduled")
	v.press("#unschedule")
	v.do(chromedp.WaitVisible(chromedp.CSS("#draft .state.open")))
}

// compares moves the divider between before and after.
func (v *visitor) compares() {
	v.Helper()
	v.press("#compare")
	v.do(chromedp.WaitVisible(chromedp.CSS("#swipe canvas")))
	v.tabTo("#swipe [role=slider]")
	v.keys(kb.ArrowLeft, kb.ArrowLeft)
	v.eventually("the divider moved", func() bool {
		return js[string](v, `document.querySelector("#swipe [role=slider]").ariaValueNow`) == "40"
	})
	v.picture("compared")
	v.press("#swipe-off")
}
