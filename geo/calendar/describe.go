package calendar

// Label is a set of moments in the words of people.
type Label struct{ English, Chinese string }

// Describe names the moments of some classes: Sat 18:00 to Mon 08:00.
func Describe(classes []Class) Label {
	return Label{}
}
