package planning

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"gridwarden/geo"
)

// dissolve makes the areas of the layers that are joined from a lower one: one area for
// each value of a field, whose members become its children. Lower layers come first, so
// that towns made of villages can be made into counties in the same import.
func (p *importer) dissolve(inputs []geo.LayerInput) error {
	pending := map[geo.LayerName]*geo.Dissolve{}
	for i := range inputs {
		if d := inputs[i].Dissolve; d != nil {
			pending[inputs[i].Layer.Name] = d
		}
	}
	for len(pending) > 0 {
		progress := false
		for _, name := range slices.Sorted(maps.Keys(pending)) {
			d := pending[name]
			if pending[d.From] != nil {
				continue
			}
			if err := p.dissolveLayer(p.layers[name], d); err != nil {
				return err
			}
			delete(pending, name)
			progress = true
		}
		if !progress {
			return geo.Errorf(geo.Invalid, "the layers to dissolve name one another in a ring")
		}
	}
	return nil
}

func (p *importer) dissolveLayer(l *layer, d *geo.Dissolve) error {
	from, known := p.layers[d.From]
	if !known {
		return geo.Errorf(geo.Invalid, "--dissolve names the layer %s, which is not there; import it first", d.From)
	}
	if from.is.Kind != geo.Coverage {
		return geo.Errorf(geo.Invalid, "--dissolve names the layer %s, which is %s; only a coverage can be dissolved", d.From, aKind(from.is.Kind))
	}
	if above := from.is.Parent; above != "" && above != l.is.Name {
		return geo.Errorf(geo.Conflict, "layer %s cannot be joined into %s, it nests in %s already: a chain has one layer at each level; dissolve %s instead", d.From, l.is.Name, above, above)
	}
	groups := map[geo.AreaCode]*group{}
	for _, code := range slices.Sorted(maps.Keys(from.areas)) {
		member := from.areas[code]
		if member.ends {
			continue
		}
		fields, err := member.fields()
		if err != nil {
			return err
		}
		value := text(fields[d.Code])
		if value == "" {
			return geo.Errorf(geo.Invalid, "area %s of %s has no field %q to dissolve by; it has %s", code, d.From, d.Code, fieldNames(fields))
		}
		g := groups[geo.AreaCode(value)]
		if g == nil {
			g = &group{fields: fields}
			groups[geo.AreaCode(value)] = g
		}
		g.add(code, fields)
		member.parent, member.joined = geo.AreaCode(value), true
	}
	from.is.Parent = l.is.Name
	var areas []geo.AreaInput
	for _, code := range slices.Sorted(maps.Keys(groups)) {
		areas = append(areas, groups[code].area(code, d))
	}
	l.addAreas(areas)
	return nil
}

// fields are the attributes of an area as read now, or as they stand.
func (a *area) fields() (map[string]json.RawMessage, error) {
	raw := json.RawMessage("{}")
	if a.input != nil && a.input.Attributes != nil {
		raw = a.input.Attributes
	} else if a.input == nil && a.was.Attributes != nil {
		raw = a.was.Attributes
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, geo.Errorf(geo.Internal, "attributes of area %s: %w", a.code, err)
	}
	return fields, nil
}

// group is one area to be made, with the fields all its members share.
type group struct {
	members []geo.AreaCode
	fields  map[string]json.RawMessage
}

func (g *group) add(member geo.AreaCode, fields map[string]json.RawMessage) {
	g.members = append(g.members, member)
	g.fields = maps.Clone(g.fields)
	maps.DeleteFunc(g.fields, func(name string, value json.RawMessage) bool {
		return !bytes.Equal(fields[name], value)
	})
}

func (g *group) area(code geo.AreaCode, d *geo.Dissolve) geo.AreaInput {
	attributes, _ := json.Marshal(g.fields) // of raw JSON values: cannot fail
	in := geo.AreaInput{
		Code:       code,
		Name:       text(g.fields[d.Name]),
		Department: geo.DepartmentCode(text(g.fields[d.Department])),
		Attributes: attributes,
	}
	words := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%s", code, in.Name, in.Department, attributes))
	members := sha256.Sum256(fmt.Appendf(nil, "%q", g.members))
	copy(in.Hash[:16], words[:])
	copy(in.Hash[16:], members[:])
	return in
}

// text is a JSON string or number as text, empty for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

func fieldNames(fields map[string]json.RawMessage) string {
	if len(fields) == 0 {
		return "none"
	}
	return fmt.Sprintf("%q", slices.Sorted(maps.Keys(fields)))
}
