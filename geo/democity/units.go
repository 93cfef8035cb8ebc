package democity

import (
	"context"
	"encoding/csv"
	"strings"

	"gridwarden/geo"
)

// unit is a department of the city.
type unit struct {
	code, name, parent, kind string
	aliases                  []string
	successor, validUntil    string
}

// municipal are the units there is one of. The city management bureau leads; firms own
// and maintain what is theirs; two ended and were followed by others, and old records
// still name them.
var municipal = []unit{
	{code: "CG", name: cityName + "城市管理局", kind: "office", aliases: []string{"市城管局", "市城管"}},
	{code: "CG-SZ", name: cityName + "市政设施养护中心", parent: "CG", kind: "office", aliases: []string{"市政养护中心", "市政中心"}},
	{code: "CG-LD", name: cityName + "路灯管理中心", parent: "CG", kind: "office", aliases: []string{"市路灯中心"}},
	{code: "CG-LG", name: cityName + "路灯管理所", parent: "CG", kind: "office", aliases: []string{"路灯所"}, successor: "CG-LD", validUntil: "2025-06-30"},
	{code: "YL", name: cityName + "园林绿化管理中心", kind: "office", aliases: []string{"市园林中心", "市园林"}},
	{code: "JJ", name: cityName + "公安局交通警察支队", kind: "office", aliases: []string{"市交警支队", "交警"}},
	{code: "XF", name: cityName + "消防救援支队", kind: "office", aliases: []string{"市消防"}},
	{code: "SW", name: cityName + "水务集团有限公司", kind: "company", aliases: []string{"市水务集团", "水务集团"}},
	{code: "SW-PS", name: cityName + "排水有限公司", parent: "SW", kind: "company", aliases: []string{"市排水公司", "排水公司"}},
	{code: "SW-ZL", name: cityName + "自来水总公司", parent: "SW", kind: "company", aliases: []string{"自来水公司"}, successor: "SW", validUntil: "2024-12-31"},
	{code: "DL", name: cityName + "供电有限公司", kind: "company", aliases: []string{"市供电公司", "供电公司"}},
	{code: "RQ", name: cityName + "燃气集团有限公司", kind: "company", aliases: []string{"市燃气集团", "燃气公司"}},
	{code: "TX", name: cityName + "信联通信有限公司", kind: "company", aliases: []string{"信联通信"}},
	{code: "GJ", name: cityName + "公共交通集团有限公司", kind: "company", aliases: []string{"市公交集团", "公交公司"}},
	{code: "GJ-ZX", name: cityName + "公共自行车服务有限公司", parent: "GJ", kind: "company", aliases: []string{"公共自行车公司"}},
	{code: "WY-1", name: "云川安居物业服务有限公司", kind: "estate", aliases: []string{"安居物业"}},
	{code: "WY-2", name: "云川锦绣物业服务有限公司", kind: "estate", aliases: []string{"锦绣物业"}},
	{code: "WY-3", name: "云川临湖商业管理有限公司", kind: "estate", aliases: []string{"临湖商管"}},
}

// makeUnits lists the municipal units, then each district's government and its three
// services, its street offices and their residents' committees.
func (c *city) makeUnits() []unit {
	units := municipal[:len(municipal):len(municipal)]
	for _, d := range c.districts {
		short := strings.TrimSuffix(d.name, "区")
		units = append(units,
			unit{code: d.department, name: cityName + d.name + "人民政府", kind: "office", aliases: []string{d.name + "政府"}},
			unit{code: "CG-" + d.code, name: d.name + "城市管理局", parent: "CG", kind: "office", aliases: []string{short + "城管局"}},
			unit{code: "HW-" + d.code, name: d.name + "环境卫生管理所", parent: "CG-" + d.code, kind: "office", aliases: []string{short + "环卫所"}},
			unit{code: "SZ-" + d.code, name: d.name + "市政养护有限公司", parent: "CG-" + d.code, kind: "company", aliases: []string{short + "市政"}},
			unit{code: "YL-" + d.code, name: d.name + "园林绿化所", parent: "YL", kind: "office", aliases: []string{short + "园林所"}},
		)
	}
	for _, s := range c.streets {
		units = append(units, unit{code: s.department, name: s.name + "办事处", parent: "QF-" + s.parent, kind: "office", aliases: []string{s.name}})
	}
	for _, m := range c.communities {
		if m.department != "" {
			units = append(units, unit{code: m.department, name: m.name + "居民委员会", parent: "JD-" + m.parent, kind: "committee", aliases: []string{m.name + "居委会"}})
		}
	}
	return units
}

// departments writes departments.csv.
func (w *writer) departments(context.Context) error {
	f, err := create(w.path("departments.csv"))
	if err != nil {
		return err
	}
	defer f.discard()
	out := csv.NewWriter(f)
	rows := [][]string{{"code", "name", "parent", "kind", "aliases", "successor", "valid_until"}}
	for _, u := range w.city.units {
		rows = append(rows, []string{u.code, u.name, u.parent, u.kind, strings.Join(u.aliases, ";"), u.successor, u.validUntil})
	}
	if err := out.WriteAll(rows); err != nil {
		return geo.Errorf(geo.Unavailable, "cannot write %s: %w", f.path, err)
	}
	w.manifest.Units = len(w.city.units)
	return f.done()
}
