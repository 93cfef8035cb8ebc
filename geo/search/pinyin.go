package search

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"gridwarden/geo/index"
)

// Pinyin is how a Chinese name is said, without tones, and its initials: "jinggai jg". Of a
// character with several readings it is the most usual. Letters and digits stand for
// themselves; a name without any Chinese gives "".
func Pinyin(name string) string {
	var full, initials strings.Builder
	chinese := false
	for _, r := range index.Fold(name) {
		said := reading(r)
		switch {
		case said != "":
			chinese = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			said = string(r)
		default:
			continue
		}
		full.WriteString(said)
		first := []rune(said)[0]
		initials.WriteRune(first)
	}
	if !chinese {
		return ""
	}
	return full.String() + " " + initials.String()
}

// reading is the first reading of a character, "" for what is none. Its ü is written v, as
// keyboards have it.
func reading(r rune) string {
	first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
	return toneless.Replace(first)
}

var toneless = strings.NewReplacer(
	"ā", "a", "á", "a", "ǎ", "a", "à", "a", "ē", "e", "é", "e", "ě", "e", "è", "e", "ê", "e", "ế", "e", "ề", "e",
	"ī", "i", "í", "i", "ǐ", "i", "ì", "i", "ō", "o", "ó", "o", "ǒ", "o", "ò", "o", "ū", "u", "ú", "u", "ǔ", "u", "ù", "u",
	"ǖ", "v", "ǘ", "v", "ǚ", "v", "ǜ", "v", "ü", "v", "ń", "n", "ň", "n", "ǹ", "n", "ḿ", "m", "\u0304", "", "\u030c", "", "\u0300", "",
)
