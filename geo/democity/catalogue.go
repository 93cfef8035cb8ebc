package democity

import (
	"context"
	_ "embed"
)

// categories are the national ones, which every database has built in; where there is none
// the city brings them.
//
//go:embed categories.csv
var categories string

func (w *writer) categories(context.Context) error { return w.text("categories.csv", categories) }

// standard is where the category codes come from.
const standard = "GB/T 47678.5-2026"

// trade says who answers for a kind of asset: units by code, where "?" stands for the
// code of the district it is in and an empty string for nobody.
type trade struct{ authority, owner, maintainer string }

var (
	lamps    = trade{"CG", "CG-LD", "CG-LG"} // the old office is still on the records
	lights   = trade{"CG", "CG-LD", "CG-LD"}
	water    = trade{"CG", "SW", "SW-ZL"}
	sewers   = trade{"CG", "SW", "SW-PS"}
	drains   = trade{"CG-?", "SW-PS", "SZ-?"}
	power    = trade{"DL", "DL", "DL"}
	telecom  = trade{"TX", "TX", ""}
	gas      = trade{"CG", "RQ", "RQ"}
	fire     = trade{"XF", "SW", ""}
	traffic  = trade{"JJ", "JJ", "CG-SZ"}
	pavement = trade{"CG-?", "CG-?", "SZ-?"}
	buses    = trade{"CG", "GJ", "GJ"}
	bicycles = trade{"CG", "GJ-ZX", "GJ-ZX"}
	cleaning = trade{"CG-?", "HW-?", "HW-?"}
	signs    = trade{"CG-?", "", ""}
	trees    = trade{"YL", "YL-?", "YL-?"}
)

// kind is a category of assets as the city has them.
type kind struct {
	code, name string
	weight     int     // how common, in thousandths of all
	depth      float64 // how far from the border of its grid: 0 on it, 1 in the middle
	trade      trade
	own        bool // has a name of its own, not only its category's
}

var catalogue = []kind{
	{"01001", "供水井盖", 55, 0.16, water, false},
	{"01002", "污水井盖", 75, 0.20, sewers, false},
	{"01003", "雨水井盖", 75, 0.14, sewers, false},
	{"01004", "雨水箅子", 120, 0.07, drains, false},
	{"01005", "电力井盖", 40, 0.18, power, false},
	{"01006", "路灯井盖", 18, 0.08, lights, false},
	{"01007", "通信井盖", 55, 0.17, telecom, false},
	{"01011", "燃气井盖", 30, 0.19, gas, false},
	{"01013", "消防设施", 15, 0.12, fire, false},
	{"01027", "通信交接箱", 8, 0.22, telecom, false},
	{"01037", "路灯", 130, 0.06, lights, false},
	{"01039", "景观灯", 20, 0.30, lamps, false},
	{"01048", "变压器（箱）", 6, 0.35, power, false},
	{"01050", "监控电子眼设施", 14, 0.09, traffic, false},
	{"01054", "充电桩", 8, 0.55, power, false},
	{"01075", "快递柜", 5, 0.60, signs, false},
	{"02001", "停车场", 2, 0.70, pavement, true},
	{"02004", "公交站设施", 7, 0.08, buses, true},
	{"02010", "交通标志牌及标线", 35, 0.06, traffic, false},
	{"02012", "路名牌", 12, 0.05, pavement, false},
	{"02014", "交通信号灯", 8, 0.04, traffic, false},
	{"02021", "便道桩", 25, 0.07, pavement, false},
	{"02025", "非机动车停放点", 8, 0.11, pavement, false},
	{"02026", "自行车租赁点", 4, 0.12, bicycles, true},
	{"03001", "公共厕所", 2, 0.45, cleaning, true},
	{"03005", "垃圾箱", 35, 0.10, cleaning, false},
	{"03007", "牌匾标识", 20, 0.25, signs, false},
	{"04002", "行道树", 120, 0.08, trees, false},
	{"04004", "护树设施", 18, 0.08, trees, false},
	{"04007", "街头座椅", 10, 0.28, trees, false},
	{"04011", "树池树穴", 20, 0.09, trees, false},
}
