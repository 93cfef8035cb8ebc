package geo

// ReportFilter picks reports; what is empty picks all.
type ReportFilter struct {
	Near       *Coord         // the nearest first, instead of the newest
	Metres     float64        // with Near: not further away
	Open       bool           // only those that wait for somebody
	Department DepartmentCode // whose lead it is now
	Categories []CategoryKey  // of any of these, or of any of Families
	Families   []string
	Hidden     []CategoryKey // of none of these
	After      ReportID      // without Near: older than this one
	Limit      int
}

// ListedReport is a report as lists tell it: without its description, and of its case only
// the assignments, without their decisions, and the events.
type ListedReport struct {
	Case
	Metres float64 // from where it was looked for; 0 where no place was named
}
