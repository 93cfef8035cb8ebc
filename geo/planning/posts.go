package planning

import (
	"maps"
	"slices"

	"gridwarden/geo"
	"gridwarden/geo/duty"
)

// PostLayers names the layers whose areas [CheckPosts] must know. Those that do not exist,
// and the kinds of group, have none.
func PostLayers(posts []geo.Post) []geo.LayerName {
	needed := map[geo.LayerName]bool{}
	for _, p := range posts {
		needed[geo.LayerName(p.Layer)] = true
	}
	return slices.Sorted(maps.Keys(needed))
}

// CheckPosts refuses posts at places that there are none of: an area of a layer, or a group
// of a kind. The base must hold the areas of [PostLayers]. All of them are told in one
// error of the kind Faulty, by their sources.
func CheckPosts(base *geo.Base, posts []geo.Post, sources []geo.Source) error {
	p := newTablePlan(base, TableOptions{Sources: sources})
	w := p.world()
	for i, post := range posts {
		name := post.Layer + ":" + post.Code
		switch {
		case !w.Layer(post.Layer) && !w.GroupKind(post.Layer):
			p.refused.add(i, name, geo.Errorf(geo.Faulty, "%s: there is no layer and no kind of group %q: import it first, or correct the cell", name, post.Layer))
		case !w.Area(post.Layer, duty.Pattern{Text: post.Code}):
			p.refused.add(i, name, geo.Errorf(geo.Faulty, "%s: %s has no area or group %q", name, post.Layer, post.Code))
		}
	}
	return p.refused.err()
}
