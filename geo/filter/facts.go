package filter

import "gridwarden/geo"

// property is what a condition is about.
type property uint8

const (
	authority property = iota
	category
	class
	code
	department
	id
	maintainer
	name
	owner
	parent
	standard
	state
)

// properties are their names, in order.
var properties = [...]string{
	authority: "authority", category: "category", class: "class", code: "code", department: "department", id: "id",
	maintainer: "maintainer", name: "name", owner: "owner", parent: "parent", standard: "standard", state: "state",
}

// named is a set of properties, a bit for each.
type named uint16

const (
	ofAreas  named = 1<<class | 1<<code | 1<<department | 1<<name | 1<<parent
	ofAssets named = 1<<authority | 1<<category | 1<<department | 1<<id | 1<<maintainer | 1<<name | 1<<owner | 1<<standard | 1<<state
)

// texts are the values of one property of one thing: those of the three bodies of an asset,
// one text of everything else. An empty one is none.
type texts [3]string

// facts are what is known of a thing. ok is false where the property is not known, which is
// another matter than to be known as NULL.
type facts interface {
	of(property) (values texts, ok bool)
}

type areaFacts struct{ *geo.Area }

func (a areaFacts) of(p property) (texts, bool) {
	switch p {
	case class:
		return texts{a.Class}, true
	case code:
		return texts{string(a.Code)}, true
	case department:
		return texts{string(a.Department)}, true
	case name:
		return texts{a.Name}, true
	case parent:
		return texts{string(a.Parent)}, true
	}
	return texts{}, true
}

type assetFacts struct{ *geo.Asset }

func (a assetFacts) of(p property) (texts, bool) {
	if p == department {
		return texts{string(a.Authority), string(a.Owner), string(a.Maintainer)}, true
	}
	value, _ := a.Own(properties[p])
	return texts{value}, true
}

// categoryFacts are what is known of every asset of a category.
type categoryFacts struct{ geo.CategoryKey }

func (c categoryFacts) of(p property) (texts, bool) {
	switch p {
	case category:
		return texts{c.Code}, true
	case standard:
		return texts{c.Standard}, true
	}
	return texts{}, ofAssets&(1<<p) == 0
}
