package planning

import "gridwarden/geo"

// Needed names the layers whose areas an import must know: those given, those it
// dissolves, and every layer of their chains.
func Needed(layers []geo.Layer, inputs []geo.LayerInput) []geo.LayerName {
	links := map[geo.LayerName][]geo.LayerName{}
	link := func(a, b geo.LayerName) {
		if a != "" && b != "" {
			links[a], links[b] = append(links[a], b), append(links[b], a)
		}
	}
	exists := map[geo.LayerName]bool{}
	for _, l := range layers {
		exists[l.Name] = true
		link(l.Name, l.Parent)
	}
	var open []geo.LayerName
	for _, in := range inputs {
		link(in.Layer.Name, in.Layer.Parent)
		if in.Dissolve != nil {
			link(in.Layer.Name, in.Dissolve.From)
		}
		open = append(open, in.Layer.Name)
	}
	var needed []geo.LayerName
	for seen := map[geo.LayerName]bool{}; len(open) > 0; {
		name := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[name] {
			continue
		}
		seen[name] = true
		if exists[name] {
			needed = append(needed, name)
		}
		open = append(open, links[name]...)
	}
	return needed
}
