// Package filter reads a small part of CQL2 text (OGC 21-065r2), by which clients say what
// they want of areas and assets, and tells which of them that is.
//
//	category IN ('0101', '0102') AND state <> '完好'
//	department = 'D1' AND (code LIKE '330106%' OR parent IS NULL)
//
// A condition is one of
//
//	property = 'text'                    property <> 'text'
//	property IN ('text', …)              property NOT IN ('text', …)
//	property LIKE 'beginning%'           property NOT LIKE 'beginning%'
//	property IS NULL                     property IS NOT NULL
//
// and conditions are joined by AND, OR, NOT and parentheses; NOT binds before AND, AND
// before OR. A pattern ends in its only %; in it a backslash before %, _ or a backslash
// makes that a plain character. Texts stand in single quotes, a quote in them twice, and are
// compared byte by byte. Keywords and properties are written in any case; a property may
// stand in double quotes, and is then written in small letters:
//
//	name = 'O''Brien' OR "id" LIKE '50\%%'
//
// Properties of areas are code, name, department, parent and class. Properties of assets
// are id, name, standard, category (its code), state, authority, owner, maintainer and
// department: the department of an asset is each of its authority, owner and maintainer, so
// that department = 'D1' picks what D1 has any part in and department <> 'D1' the others
// that have any body at all.
//
// What is empty is NULL, and so is a property that belongs to the other kind of thing. Logic
// has three values, as CQL2 and SQL say: a comparison with NULL is neither true nor false,
// nor is its NOT, and only what comes out true is picked. state <> '完好' does not pick assets
// without a state; state <> '完好' OR state IS NULL does.
//
// A filter applies to a kind of thing only if it names a property of that kind: category =
// '0101' picks assets, and leaves the areas of the same tile all as they are. department =
// 'D1' applies to both, and so does category = '0101' AND department = 'D1', which no area
// fulfils.
package filter
