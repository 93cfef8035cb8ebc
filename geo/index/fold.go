package index

import (
	"strings"

	"golang.org/x/text/width"
)

// Fold writes a text as texts are compared: in small letters, full-width ones as plain ones.
// What is only digits, small Latin letters and common Chinese characters, as nearly all codes
// and names are, is that already and costs next to nothing.
func Fold(text string) string {
	for i := range len(text) {
		if c := text[i]; 'A' <= c && c <= 'Z' || c >= 0x80 && !commonChinese(c) {
			return strings.ToLower(width.Fold.String(text))
		}
	}
	return text
}

// commonChinese tells whether a byte may be of a character from U+4000 to U+9FFF in UTF-8.
func commonChinese(c byte) bool { return c < 0xC0 || 0xE4 <= c && c <= 0xE9 }
