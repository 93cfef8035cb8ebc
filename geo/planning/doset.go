package planning

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"gridwarden/geo"
)

// set gives areas another name, department, attributes, side, reach or code. A new code is
// one for the areas below too, where theirs begin with it.
func (d *doing) set() error {
	e := d.edit
	if e.Name == nil && e.Department == nil && len(e.Attributes) == 0 && len(e.Codes) == 0 && e.Side == "" && e.Reach == 0 {
		return geo.Errorf(geo.Invalid, "nothing is to be set; give \"name\", \"department\", \"attributes\" or \"codes\"")
	}
	if len(e.Codes) > 0 && len(e.Codes) != len(e.Areas) {
		return geo.Errorf(geo.Invalid, "%d codes are given for %d areas; give each area its code, in their order", len(e.Codes), len(e.Areas))
	}
	for _, code := range e.Areas {
		if err := d.dress(d.change(d.layer.Name, code)); err != nil {
			return err
		}
	}
	if len(e.Codes) == 0 {
		return nil
	}
	return d.recodeAll(e.Areas, e.Codes)
}

// parentsOf are the parents of areas of the edit's layer.
func (d *doing) parentsOf(codes []geo.AreaCode) []geo.AreaCode {
	parents := make([]geo.AreaCode, len(codes))
	for i, code := range codes {
		parents[i] = d.now(d.layer.Name, code).Parent
	}
	return parents
}

// dress gives an area the words of the edit.
func (d *doing) dress(a *geo.Area) (err error) {
	e := d.edit
	if e.Name != nil {
		a.Name = *e.Name
	}
	if e.Department != nil {
		a.Department = *e.Department
	}
	if e.Side != "" {
		a.Side = e.Side
	}
	if e.Reach != 0 {
		a.Reach = e.Reach
	}
	a.Attributes, err = withAttributes(a.Attributes, e.Attributes)
	return err
}

// withAttributes are attributes with those given set, and those given as null removed. The
// fields stay in their order only where nothing is set.
func withAttributes(was, given json.RawMessage) (json.RawMessage, error) {
	if len(given) == 0 {
		return was, nil
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(given, &fields); err != nil || fields == nil {
		return nil, geo.Errorf(geo.Invalid, "the attributes are no JSON object; give {\"field\": value}, null to remove a field")
	}
	all := map[string]json.RawMessage{}
	if len(was) > 0 {
		if err := json.Unmarshal(was, &all); err != nil {
			return nil, geo.Errorf(geo.Internal, "the attributes of an area are no JSON object: %w", err)
		}
	}
	maps.Copy(all, fields)
	maps.DeleteFunc(all, func(_ string, v json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(v), []byte("null")) })
	if len(all) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	if err := to.Encode(all); err != nil {
		return nil, geo.Errorf(geo.Invalid, "the attributes cannot be written: %w", err)
	}
	return slices.Clip(bytes.TrimSpace(out.Bytes())), nil
}
