// Package plane is exact geometry on an integer grid: no float decides anything here.
//
// A [Drawing] gathers rings and edges, each labelled with the piece it bounds.
// [Drawing.Arrange] snap-rounds them until nothing moves (iterated snap rounding: Hobby
// 1999; Halperin and Packer 2002): every crossing and every vertex becomes a hot pixel,
// every segment is routed through all hot pixels it meets, and this repeats until no
// vertex lies in the way of a segment that does not end there. A round is a continuous
// deformation, so faces may vanish but never turn over; and a routed segment's parts lie
// inside its box, so the rounds end. Afterwards segments meet only in shared end points,
// and no vertex is nearer than half a unit to an edge it is not a node of: doubles and
// integers agree on everything.
//
// The [Arrangement] then has nodes, edges and faces; each face knows the set of pieces
// that hold it by parity (even-odd). [Arrangement.Dissolve] turns sets of faces back into
// valid polygons. [EvenOdd] is the smallest user of this machine.
package plane
