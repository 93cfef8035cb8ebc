package geo

// DepartmentCode identifies a department: a 统一社会信用代码 or a code of the city's own.
type DepartmentCode string

// Department is a body that answers: an office, a company, an estate.
type Department struct {
	Code       DepartmentCode
	Name       string
	Parent     DepartmentCode // the body above it; empty at the top; three levels at most
	Kind       string         // office, company, estate …: an open list
	Aliases    []string       // other names it is written by
	Successor  DepartmentCode // who took over when it ended
	ValidUntil Date           // the last day it answers; zero while it does
}
