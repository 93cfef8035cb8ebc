package search

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"gridwarden/geo/index"
)

// Pinyin is how a Chinese name is said, without tones, and its initials: "jinggai jg". Of a
// character with several readings it is the most usual, but in the trade's own words. Letters
// and digits stand for themselves; a name without any Chinese gives "".
func Pinyin(name string) string {
	var full, initials strings.Builder
	chinese := false
	for _, r := range homophones.Replace(index.Fold(name)) {
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
		initials.WriteRune([]rune(said)[0])
	}
	if !chinese {
		return ""
	}
	return full.String() + " " + initials.String()
}

// homophones writes words in which a character is not said as usual with one that is.
var homophones = strings.NewReplacer(
	"空调", "空条", "调压", "条压", "调节", "条节", "调解", "条解", "给水", "挤水", "畜力", "蓄力", "银行", "银航", "行业", "航业",
)

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
