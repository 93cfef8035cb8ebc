package api

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"gridwarden/geo"
)

func appendInt(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }

func appendBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

// appendMetres writes metres to the millimetre, without needless zeros.
func appendMetres(b []byte, v float64) []byte {
	b = strconv.AppendFloat(b, v, 'f', 3, 64)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	if b[len(b)-1] == '.' {
		b = b[:len(b)-1]
	}
	return b
}

// appendString writes a JSON string. Bytes that are no UTF-8 come out as U+FFFD.
func appendString(b []byte, s string) []byte {
	if !plainText(s) {
		quoted, _ := json.Marshal(s) // a string always marshals
		return append(b, quoted...)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// plainText tells whether s stands in JSON as it is.
func plainText(s string) bool {
	ascii := true
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' {
			return false
		}
		ascii = ascii && c < utf8.RuneSelf
	}
	return ascii || utf8.ValidString(s)
}

// appendOptional writes a string, or null for none.
func appendOptional(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendString(b, s)
}

// appendDegrees writes units of 1e-7 degree as the shortest decimal: at most seven
// places, which read back as the very float64 that geo.Coord gives.
func appendDegrees(b []byte, units int32) []byte {
	v := int64(units)
	if v < 0 {
		b = append(b, '-')
		v = -v
	}
	b = appendInt(b, v/geo.Scale)
	fraction := v % geo.Scale
	if fraction == 0 {
		return b
	}
	b = append(b, '.')
	for place := int64(geo.Scale / 10); fraction > 0; place /= 10 {
		b = append(b, byte('0'+fraction/place))
		fraction %= place
	}
	return b
}

// appendPosition writes [longitude,latitude].
func appendPosition(b []byte, c geo.Coord) []byte {
	b = appendDegrees(append(b, '['), c.X)
	b = appendDegrees(append(b, ','), c.Y)
	return append(b, ']')
}
