package ingest

// decimal reads what most coordinates are, a plain decimal number such as -73.8442, and
// gives the very float64 that strconv.ParseFloat does: the digits and the power of ten they
// are divided by are exact, so the quotient is rounded once (Clinger 1990). Everything
// else, more digits than a float64 takes too, is not ok.
func decimal(s string) (v float64, ok bool) {
	i, point := 0, -1
	if len(s) > 0 && s[0] == '-' {
		i = 1
	}
	if len(s)-i > 18 {
		return 0, false
	}
	digits := uint64(0)
	for first := i; i < len(s); i++ {
		switch c := s[i]; {
		case c-'0' <= 9:
			digits = digits*10 + uint64(c-'0')
		case c == '.' && point < 0 && i > first:
			point = i
		default:
			return 0, false
		}
	}
	places := 0
	if point >= 0 {
		places = len(s) - 1 - point
	}
	if digits > 1<<53 || point == len(s)-1 || s == "" || s == "-" {
		return 0, false
	}
	v = float64(digits) / powersOfTen[places]
	if s[0] == '-' {
		v = -v
	}
	return v, true
}

// powersOfTen are those that a float64 holds exactly, as far as they are needed.
var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17}
