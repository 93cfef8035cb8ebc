// Package geo holds the words of gridwarden: layers, areas, assets, departments,
// categories, duty rows, reports, editions, and the exact integer geometry of the ground.
//
// Everything else in the project speaks in these words, and this package imports of the
// project only what is said in Chinese. A word has one meaning:
//
//   - A [Layer] is a named set of areas with one purpose: a coverage (areas share
//     borders and never overlap), an overlay (they may), or a line layer.
//   - An [Area] is one shape of a layer with a code, a name and a territorial department.
//   - An [Asset] is a coded thing that stands somewhere (部件) with up to three bodies
//     that answer for it: authority, owner and maintainer.
//   - A [Department] is a body that answers (责任单位).
//   - A [Category] is a kind of asset or matter, keyed by (standard, kind, code).
//   - A [DutyRow] is one line of the decision table (责任清单): who answers, where, for what
//     and when. The tables it stands among are [DutyTables].
//   - A [Report] is one observation to act on (上报); it is a case only once filed.
//   - An [Assignment] is the answer to it: one lead, helpers and a verifier, each by when.
//   - A [Return] says "not mine" (回退); a [Ruling] settles such a dispute (裁定).
//   - An [Edition] is one published state of boundaries and duties; its number only grows.
//   - A [Sequence] grows by one with every visible change of any kind.
//
// Coordinates are longitude, latitude in WGS 84 / CGCS2000 degrees, held as whole
// numbers of 1e-7 degree ([Coord]), about one centimetre. All predicates on them are
// exact: no epsilon decides who is responsible.
package geo
