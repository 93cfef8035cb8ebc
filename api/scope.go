package api

import (
	"net/http"
	"slices"
	"strings"

	"gridwarden/geo"
	"gridwarden/geo/access"
)

// mayChange refuses to write duty rows beyond the scope of the key: each must name an area,
// a beginning of codes or a group that lies in it, before and after. A row that holds
// anywhere takes a key for everywhere.
func (v view) mayChange(r *http.Request, rows ...*geo.DutyRow) error {
	scope := geo.ActorOf(r.Context()).Scope
	if len(scope) == 0 {
		return nil
	}
	for _, row := range rows {
		if row != nil && !v.rowLies(scope, row) {
			return geo.Errorf(geo.Forbidden, "the key may change what lies in %s, and the duty row %s holds beyond that: have somebody write it whose key reaches so far", codesOf(scope), row.ID)
		}
	}
	return nil
}

func (v view) rowLies(scope []geo.AreaCode, row *geo.DutyRow) bool {
	if row.Area == "" {
		return false
	}
	i := slices.IndexFunc(v.Duty().Groups, func(g geo.Group) bool { return g.Kind == row.Layer && g.Code == row.Area })
	if i < 0 {
		return v.areaLies(scope, geo.LayerName(row.Layer), geo.AreaCode(strings.TrimSuffix(row.Area, "*")))
	}
	g := &v.Duty().Groups[i]
	return !slices.ContainsFunc(g.Members, func(code geo.AreaCode) bool { return !v.areaLies(scope, g.Layer, code) })
}

// areaLies tells whether an area, or all whose codes begin so, lies in a scope.
func (v view) areaLies(scope []geo.AreaCode, layer geo.LayerName, code geo.AreaCode) bool {
	var above []geo.AreaCode
	for a := v.Area(layer, code); a != nil && a.Parent != "" && len(above) < len(v.Layers()); { // parents may go round in a ring
		above = append(above, a.Parent)
		l, _ := v.Layer(a.Layer)
		a = v.Area(l.Parent, a.Parent)
	}
	return access.InScope(scope, code, above...)
}

// codesOf are the codes of a scope in words.
func codesOf(scope []geo.AreaCode) string {
	words := make([]string, len(scope))
	for i, code := range scope {
		words[i] = string(code)
	}
	return strings.Join(words, ", ")
}
