package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridwarden/geo"
	"gridwarden/geo/routing"
)

func TestHangzhouDutyList(t *testing.T) {
	d := newDistrict(t)
	for _, p := range []struct {
		rule string
		does func(example)
	}{
		{"部件先属主后属地：component to its keeper, then to the territory", keeperFirst},
		{"事项先属地后属主：matter to the territory, then to its owner", territoryFirst},
		{"属地兜底：where grid and community name nobody the street answers", streetCatches},
		{"道路八十米：road segment within 80 m, not at 81 m", roadWithin80},
		{"公园先于片区：park before district and street", parkFirst},
		{"机动车乱停放：above the kerb 城管, below it 交警", kerb},
		{"建筑垃圾：inside the fence the builder, outside it 环卫", fence},
		{"井盖家族：one cover of three within ten metres", threeLids},
		{"地段先于图层：a named grid before its beginning, before the layer, before anywhere", placeOrder},
		{"新旧代码：an old code goes as its new one", oldCodes},
		{"网格交界：at a border both sides are told", border},
		{"占道经营：by day, by night, on holidays, on make-up days", hoursOfDay},
		{"处置时限：class of the zone, weekend, holiday, make-up day", deadlines},
		{"上级与吹哨：level, whistle, verifier", levelAndWhistle},
		{"当班：who is on duty", onDutyHere},
		{"回退与裁定：returned once, twice, ruled upon", returnsAndRuling},
		{"过去时点：what held then is answered for then", thenAndNow},
		{"责任体检：the audit agrees", audited},
	} {
		t.Run(p.rule, func(t *testing.T) { p.does(example{t, d}) })
	}
}

func keeperFirst(e example) {
	e.goes(e.route(byLamp, component("01037")), "路灯管理所 by asset.maintainer")
	e.goes(e.route(byLids, component("01002").and("asset_id", "污-1")), "污水公司 by asset.owner")
	e.goes(e.route(byLids, component("01007").and("accuracy_m", 10)), "电信公司 by asset.authority")
	r := e.route(atKerb, component("01037").reported("2026-11-20 10:00")) // no lamp there
	e.goes(r, "沈家社区 by territory")
	e.same("told", r.Paragraph, "事发地点位于东新街道沈家社区沈家社区第三网格、沈家社区、东新街道，类别为路灯（GB/T 47678.5-2026 01037），按第12版判定。"+
		"事发地点20米内没有此类部件。属地（东新街道沈家社区沈家社区第三网格 DX-6-3）：由沈家社区负责。因此由沈家社区负责。处置时限为3个自然日，须于2026-11-23 10:00前处置完毕。")
}

func territoryFirst(e example) {
	e.goes(e.route(byLamp, matter("01037")), "石桥社区 by territory")
	e.goes(e.route(atStation, matter("01037")), "铁路车站 by asset.owner")
	e.goes(e.route(atStation, component("01037")), "铁路车站 by asset.owner")
}

func streetCatches(e example) {
	e.goes(e.route(inVacantGrid, matter("06010")), "灯芯巷社区 by fallback")
	e.goes(e.route(atStation, matter("06010")), "文晖街道办事处 by fallback")
	e.goes(e.route(spot{121, 30}, matter("06010")), "nobody by unrouted")
}

func roadWithin80(e example) {
	hole := matter("06013").and("accuracy_m", 0.5)
	r := e.route(onRoad.north(79), hole)
	e.goes(r, "市政设施管理所 by duty-row 路-1")
	if len(r.Lines) != 1 || math.Abs(float64(r.Lines[0].Distance)-79) > 0.02 || len(r.Helpers) != 1 || r.Helpers[0].Code != "JJ" {
		e.Errorf("along %+v with %+v", r.Lines, r.Helpers)
	}
	e.asks(r, "")
	r = e.route(onRoad.north(81), hole)
	e.goes(r, "中舟社区 by territory")
	e.asks(r, "")
	// A pin is good to five metres, so at 81 m the road may be the one.
	r = e.route(onRoad.north(81), hole.and("accuracy_m", 5))
	e.asks(r, "line:roads:R-1? yes → SZ, no → DX-1")
	e.goes(e.route(onRoad.north(81), hole.and("accuracy_m", 5).answered("line:roads:R-1", "yes")), "市政设施管理所 by duty-row 路-1")
}

func parkFirst(e example) {
	e.goes(e.route(inPark, matter("06017")), "公园管理处 by duty-row 园-1")
	e.goes(e.route(nextToPark, matter("06017")), "区园林绿化中心 by duty-row 片-1")
	e.goes(e.route(inPark, matter("06047")), "公园管理处 by duty-row 园-1")
	e.goes(e.route(nextToPark, matter("06047")), "胜利社区 by territory")
}

func kerb(e example) {
	car := matter("09009")
	r := e.route(atKerb, car)
	e.goes(r, "沈家社区 by territory")
	e.asks(r, "停放位置? 路缘石以上 → CG, 路缘石以下 → JJ, other → DX-6")
	e.same("question", r.Contested.Question.Text, "“停放位置”属于哪一种情况？")
	e.goes(e.route(atKerb, car.answered("停放位置", "路缘石以上")), "区城市管理局 by duty-row 车-1")
	below := e.route(atKerb, car.answered("停放位置", "路缘石以下"))
	e.goes(below, "区交警大队 by duty-row 车-2")
	e.asks(below, "")
	e.goes(e.route(atKerb, car.answered("停放位置", "other")), "沈家社区 by territory")
	e.same("told", below.Paragraph, "事发地点位于东新街道沈家社区沈家社区第三网格、沈家社区、东新街道，类别为机动车乱停放（GB/T 47678.5-2026 09009），按第12版判定。"+
		"“停放位置”的回答为“路缘石以下”。责任清单“车-1”行：所作回答与该行的条件不符（停放位置＝路缘石以上）。责任清单“车-2”行：由区交警大队负责。"+
		"因此由区交警大队负责，依据：停车管理办法（示例）。")
}

func fence(e example) {
	rubble := matter("06011")
	r := e.route(onSite, rubble.reported("2026-11-20 16:30"))
	e.goes(r, "示例工地施工单位 by duty-row 垃-1")
	e.asks(r, "")
	if len(r.Helpers) != 1 || r.Helpers[0].Code != "ZJ" {
		e.Errorf("with %+v", r.Helpers)
	}
	e.due(r, "2026-11-23 16:30:00 +08:00 ")
	r = e.route(behindFence, rubble)
	e.goes(r, "环境卫生管理所 by duty-row 垃-2")
	e.asks(r, "")
	// Twelve metres outside, told by phone: it may be inside.
	near := behindFence.north(-32)
	r = e.route(near, rubble.and("source", "phone"))
	e.goes(r, "环境卫生管理所 by duty-row 垃-2")
	e.asks(r, "in:sites:GD-1? yes → SG, no → HW")
	e.goes(e.route(near, rubble.and("source", "phone").answered("in:sites:GD-1", "yes")), "示例工地施工单位 by duty-row 垃-1")
}

func threeLids(e example) {
	cover := with{"family": "井盖", "accuracy_m": 10, "condition": "1"}.reported("2026-11-21 23:30")
	r := e.route(byLids, cover)
	e.goes(r, "排水公司 by asset.maintainer")
	e.asks(r, "asset? 雨-1 → PS, 污-1 → WS, 信-1 → DX-GS, none → DX-5")
	if len(r.Assets) != 3 || len(r.Contested.Candidates) != 4 {
		e.Errorf("%d lids, %+v", len(r.Assets), r.Contested.Candidates)
	}
	e.due(r, "2026-11-22 01:30:00 +08:00 ")
	for lid, want := range map[string]string{
		"雨-1": "排水公司 by asset.maintainer", "污-1": "污水公司 by asset.owner", "信-1": "电信公司 by asset.authority", "none": "西文社区 by territory",
	} {
		r := e.route(byLids, cover.answered("asset", lid))
		e.goes(r, want)
		e.asks(r, "")
	}
}

func placeOrder(e example) {
	bills := matter("07001")
	e.goes(e.route(disputed, bills), "胜利社区 by duty-row 贴-1")              // grids WH-7-1
	e.goes(e.route(nextToPark, bills), "环境卫生管理所 by duty-row 贴-2")         // grids WH-7-*
	e.goes(e.route(strict, bills), "文晖街道办事处 by duty-row 贴-3")             // grids WH-*
	e.goes(e.route(controlled, bills), "区城市管理局 by duty-row 贴-4")          // any street
	e.goes(e.route(disputed, matter("06042")), "环境卫生管理所 by duty-row 桶-1") // the duty grid ZR-1
	e.goes(e.route(strict, matter("06042")), "和平苑社区 by territory")
}

func oldCodes(e example) {
	old := with{"category": map[string]string{"standard": "CJ/T 214-2007", "kind": "component", "code": "0118"}}
	r := e.route(byLamp, old)
	e.goes(r, "路灯管理所 by asset.maintainer")
	e.same("today's code", r.Category.Code, "01037")
}

func border(e example) {
	r := e.route(atBorder, matter("06010").and("source", "phone"))
	e.goes(r, "中舟社区 by territory")
	e.asks(r, "area:grids? DX-1-1 → DX-1, WH-6-3 → WH-6")
	e.goes(e.route(atBorder, matter("06010").and("source", "phone").answered("area:grids", "WH-6-3")), "现代城社区 by territory")
	e.asks(e.route(atBorder, matter("06010").and("source", "pin")), "")
}

func hoursOfDay(e example) {
	for _, at := range []struct{ time, want string }{
		{"2026-11-20 08:29", "沈家社区 by territory"}, // a Friday
		{"2026-11-20 08:30", "区城市管理局 by duty-row 占-2"},
		{"2026-11-20 17:29", "区城市管理局 by duty-row 占-2"},
		{"2026-11-20 17:30", "沈家社区 by territory"},
		{"2026-11-20 20:00", "城管夜间中队 by duty-row 占-3"},
		{"2026-11-21 01:59", "城管夜间中队 by duty-row 占-3"}, // still Friday's night
		{"2026-11-21 02:00", "沈家社区 by territory"},
		{"2026-11-21 10:00", "沈家社区 by territory"},       // Saturday
		{"2026-10-03 10:00", "城管假日值班组 by duty-row 占-1"}, // 国庆
		{"2026-10-07 23:59", "城管假日值班组 by duty-row 占-1"},
		{"2026-10-08 00:00", "城管夜间中队 by duty-row 占-3"}, // the night of the last holiday
		{"2026-10-10 10:00", "区城市管理局 by duty-row 占-2"}, // a Saturday that is worked
		{"2026-09-20 10:00", "区城市管理局 by duty-row 占-2"}, // a Sunday that is worked
		{"2026-10-11 10:00", "沈家社区 by territory"},
	} {
		e.Log(at.time)
		e.goes(e.route(atKerb, matter("09006").reported(at.time)), at.want)
	}
}

func deadlines(e example) {
	stall := matter("09005").and("condition", "1")
	for _, c := range []struct {
		place      spot
		at, wanted string
	}{
		{strict, "2026-11-20 16:30", "2026-11-23 11:30:00 +08:00 严管"},     // over a weekend: one hour of Friday, three of Monday
		{controlled, "2026-11-20 16:30", "2026-11-23 17:30:00 +08:00 控制"}, // the whole of Monday
		{ordinary, "2026-11-20 16:30", "2026-11-24 16:30:00 +08:00 "},     // two working days
		{atKerb, "2026-11-20 16:30", "2026-11-24 16:30:00 +08:00 "},       // in no zone
		{strict, "2026-09-30 16:00", "2026-10-08 10:30:00 +08:00 严管"},     // over 国庆, from summer hours into winter hours
		{strict, "2026-10-09 16:30", "2026-10-10 11:30:00 +08:00 严管"},     // the Saturday after is worked
		{strict, "2026-10-03 03:00", "2026-10-08 14:30:00 +08:00 严管"},     // nothing runs on a holiday
	} {
		e.due(e.route(c.place, stall.reported(c.at)), c.wanted)
	}
	e.due(e.route(byLamp, component("01037").reported("2026-10-03 03:00")), "2026-10-06 03:00:00 +08:00 ") // natural days
}

func levelAndWhistle(e example) {
	e.goes(e.routeBy("level=2", inPark, matter("06017")), "区园林绿化中心 by duty-row 园-1")
	e.goes(e.routeBy("level=1", inPark, matter("06017")), "下城区城市管理指挥中心 by duty-row 园-1")
	whistle := matter("06010").and("whistle", []string{"CG", "JJ", "CG"}).and("source", "文晖街道")
	told := e.report(disputed, whistle)
	got := ""
	for _, a := range told.Assignments {
		who := a.Group
		if a.Department != nil {
			who = a.Department.Name
		}
		got += fmt.Sprintf("%s %s due %v; ", a.Role, who, a.DueAt != nil)
	}
	e.same("assigned", got, "lead 胜利社区 due true; helper 区城市管理局 due true; helper 区交警大队 due true; verifier ZR-1 due true; ")
	if r := e.route(atKerb, matter("06010")); r.Verifier != nil {
		e.Errorf("nobody walks there, and yet %+v", r.Verifier)
	}
}

func onDutyHere(e example) {
	for _, c := range []struct {
		place    spot
		at, want string
	}{
		{inPark, "2026-11-20T10:00:00+08:00", "采集员 甲某 10000000001"},
		{inPark, "2026-11-21T01:30:00+08:00", "夜间采集员 乙某 10000000002"},
		{inPark, "2026-11-21T10:00:00+08:00", ""},
		{onRoad, "2026-11-21T10:00:00+08:00", "市政巡查员 丙某 10000000003"},
	} {
		_, body := e.s.get(fmt.Sprintf("/v1/duty?lon=%v&lat=%v&at=%s", c.place.lon, c.place.lat, url.QueryEscape(c.at)))
		var answer struct {
			Posts []struct{ Role, Person, Phone string }
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			e.Fatal(err, body)
		}
		got := ""
		for _, p := range answer.Posts {
			got += strings.Join([]string{p.Role, p.Person, p.Phone}, " ")
		}
		e.same(c.at, got, c.want)
	}
}

func returnsAndRuling(e example) {
	refuse := matter("06010")
	r := e.report(disputed, refuse)
	e.goes(&r.Record, "胜利社区 by territory")
	path := "/v1/reports/" + r.ID + "/returns"
	again := e.settle(path, `{"department":"WH-7","reason":"不在本社区清扫范围"}`, http.StatusCreated)
	e.goes(&again.Report.Record, "文晖街道办事处 by fallback")
	second := e.settle(path, `{"department":"JD-WH","reason":"应由环卫所清扫"}`, http.StatusCreated)
	if second.Return.State != geo.Asked || second.Report != nil {
		e.Fatalf("returned twice it is %s, routed anew: %v", second.Return.State, second.Report)
	}
	const patch = `{"type":"Polygon","coordinates":[[[120.1790,30.2963],[120.1794,30.2963],[120.1794,30.2967],[120.1790,30.2967],[120.1790,30.2963]]]}`
	ruled := e.settle(fmt.Sprint("/v1/returns/", second.Return.ID),
		`{"decision":"rule","by":"派遣员","department":"HW","basis":"协调会纪要（示例）","scope":"ground","ground":`+patch+`,"until":"2099-12-31"}`, http.StatusOK)
	e.goes(&ruled.Report.Record, "环境卫生管理所 by ruling")
	if ruled.Report.Round != 3 {
		e.Errorf("it is round %d", ruled.Report.Round)
	}
	e.s.eventually("the ruling holds for others", func() bool { return e.route(disputed, refuse).Rule == routing.ByRuling })
	next := e.report(disputed.north(10), refuse)
	e.goes(&next.Record, "环境卫生管理所 by ruling")
	e.same("basis", next.Basis, "协调会纪要（示例）")
	e.goes(e.route(disputed.north(10), matter("06036")), "胜利社区 by territory") // another kind of thing
	e.goes(e.route(disputed.north(40), refuse), "胜利社区 by territory")          // beyond the patch
}

func thenAndNow(e example) {
	noise := matter("06028")
	e.goes(e.route(atKerb, noise), "区城市管理局 by duty-row 噪-1")
	before := time.Now()
	file := e.c.excel("rules-changed.csv", strings.Replace(drawn(e.T, "rules.csv"), "部门：城管局,,,,噪声", "部门：住建局,,,,噪声", 1))
	if out := e.c.must(auditing("--rules", file)...); !strings.Contains(out, "change: from CG to ZJ: 1 category") || strings.Count(out, "change:") != 1 {
		e.Error(out)
	}
	if out := e.c.must("import", "rules", file); !strings.Contains(out, ": 1 changed, 15 untouched") {
		e.Error(out)
	}
	e.s.eventually("the new table holds", func() bool { return e.route(atKerb, noise).Department.Code == "ZJ" })
	then := e.routeBy("at="+url.QueryEscape(before.Format(time.RFC3339Nano)), atKerb, noise)
	e.goes(then, "区城市管理局 by duty-row 噪-1")
	if now := e.route(atKerb, noise); then.Edition != now.Edition-1 {
		e.Errorf("of edition %d, today's is %d", then.Edition, now.Edition)
	}
}

// auditing is the command, with the settings the service has.
func auditing(args ...string) []string {
	return append([]string{"check", "responsibility", "--class-layer", "zones", "--class-field", "等级"}, args...)
}

func audited(e example) {
	out := e.c.must(auditing()...)
	e.Log(out)
	for _, found := range []string{
		"note hole: only the fallback answers for matter 09006 占道经营 in grids TS-1-1",
		"Mon-Fri 02:00-08:30, 17:30-20:00; Sat-Sun 02:00-20:00; not on holidays; make-up days 02:00-08:30, 17:30-20:00",
		"matter 09009 机动车乱停放 in grids TS-1-1, grids TS-1-2, grids TS-1-3 and 3 more (0.42 km²): without an answer that a row names",
		"in grids TS-1-1, grids TS-1-2, grids TS-1-3 and 3 more (0.42 km²): without an asset at hand",
		" places × 555 categories: 0 errors, ",
	} {
		if !strings.Contains(out, found) {
			e.Errorf("the audit does not say %q", found)
		}
	}
	if _, told := e.s.get("/v1/responsibility?limit=1"); !strings.Contains(told, `"categories":555,"assets":5,"errors":0,`) {
		e.Error(told)
	}
	stall := matter("09006")
	e.goes(e.route(inVacantGrid, stall.reported("2026-11-21 10:00")), "灯芯巷社区 by fallback")
	e.goes(e.route(inVacantGrid, stall.reported("2026-11-21 20:00")), "城管夜间中队 by duty-row 占-3")
	e.goes(e.route(inVacantGrid, stall.reported("2026-10-10 18:00")), "灯芯巷社区 by fallback")

	const wrong = "车-3,100,GB/T 47678.5-2026,事项,09009,,,停放位置＝路缘石以上,,部门：交警大队,,,,,\n" +
		"噪-2,110,GB/T 47678.5-2026,事项,06028,,,,,部门：住建局,,,,,\n"
	out, _, code := e.c.try(auditing("--rules", e.c.excel("rules-wrong.csv", drawn(e.T, "rules.csv")+wrong))...)
	e.Log(out)
	for _, found := range []string{"error collision: ", "车-1", "车-3", "note dead-row: ", "噪-2", "噪-1", " 1 error, "} {
		if code != exitFaults || !strings.Contains(out, found) {
			e.Errorf("exit %d, and the audit does not say %q", code, found)
		}
	}
}
