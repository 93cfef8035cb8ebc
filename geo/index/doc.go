// Package index is the fast view: layers, areas, assets, departments and categories in
// memory, arranged so that "what is here?" is answered without the database.
//
// A [Snapshot] shows one position of the change log and never changes; readers share it
// without locks. [Snapshot.Apply] makes the next one from a [geo.Changes], and is the
// only way to a new one: a full load is Apply on [Empty]. What a change does not touch is
// shared between the two, so its cost follows the change, not the city. [Live] holds the
// one served now.
//
// Areas lie in one tidwall/rtree for each layer. The tree only proposes; [geo.RayMeets],
// the project's one exact predicate, decides. Large shapes carry an outline, their edges
// in boxed runs, so that a ring of a hundred thousand vertices is not walked whole.
//
// Over each coverage lies a directory: square sheets of ground, cut into cells as fine as
// there are borders. A cell inside one area names it; a cell that borders cross holds them,
// shortened to 16 bits, and what lies on a side that none of them touches: from a point one
// goes straight to that side and counts borders, in whole numbers. Only points exactly on a
// border and places where areas overlap are left to the tree. A change draws anew the sheets
// on which a shape changed, and shares the rest.
//
// A chain of coverages is asked from below: the lowest layer by geometry, the layers above
// by the Parent of what was found. Only where the lower layer has a gap does the next one
// answer by geometry.
//
// From which zoom on each vertex is drawn in tiles is a byte beside it ([Snapshot.Zooms]),
// worked out when first asked for: borders are cut into arcs where the neighbour across
// changes, and each arc gives both sides the same. It is kept in the area's place in the
// layer, which is a new one as soon as a neighbour changes, so that two views with the same
// place draw the area alike, and what is drawn otherwise is told by comparing places
// ([Snapshot.Redrawn]).
//
// Assets that are points lie packed in columns sorted along a Z-curve, shared by look-up and
// tiles, with branches over them that know the categories below. Those changed since the
// last packing, and those with a shape, are loose: whole values in copy-on-write trees.
// When a few per cent have come loose ([Snapshot.Unpacked]), whoever follows the changes has
// all packed again beside the view that is served ([Snapshot.Repacked]).
package index
