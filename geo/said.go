package geo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// keptSaid is words as they are kept.
type keptSaid struct {
	Say string            `json:"say"`
	Of  []json.RawMessage `json:"of,omitempty"`
}

// MarshalJSON keeps the format and what fills it in, so that it can be said in any language
// when it is read.
func (s Said) MarshalJSON() ([]byte, error) {
	kept := keptSaid{Say: s.format}
	for _, arg := range s.args {
		part, err := json.Marshal(keptArg(arg))
		if err != nil {
			return nil, err
		}
		kept.Of = append(kept.Of, part)
	}
	return json.Marshal(kept)
}

// UnmarshalJSON reads what MarshalJSON kept. A plain text is the same in every language.
func (s *Said) UnmarshalJSON(b []byte) error {
	var plain string
	if json.Unmarshal(b, &plain) == nil {
		*s = Say("%s", plain)
		return nil
	}
	var kept keptSaid
	if err := json.Unmarshal(b, &kept); err != nil {
		return err
	}
	var args []any
	for _, part := range kept.Of {
		arg, err := readArg(part)
		if err != nil {
			return err
		}
		args = append(args, arg)
	}
	*s = Said{fmt.Sprintf(strings.ReplaceAll(kept.Say, "%w", "%s"), args...), kept.Say, args}
	return nil
}

// keptArg is an argument as it is kept: words, a number or a text. A floating-point number
// keeps its point, by which it is told from the others.
func keptArg(arg any) any {
	switch arg := arg.(type) {
	case Said:
		return arg
	case error:
		return WordsOf(arg)
	case fmt.Stringer:
		return arg.String()
	}
	switch v := reflect.ValueOf(arg); {
	case v.CanInt(), v.CanUint():
		return arg
	case v.CanFloat():
		number := strconv.FormatFloat(v.Float(), 'f', -1, 64)
		if !strings.Contains(number, ".") {
			number += ".0"
		}
		return json.RawMessage(number)
	}
	return fmt.Sprint(arg)
}

func readArg(b json.RawMessage) (any, error) {
	switch {
	case bytes.HasPrefix(b, []byte("{")):
		var words Said
		err := words.UnmarshalJSON(b)
		return words, err
	case bytes.HasPrefix(b, []byte(`"`)):
		var text string
		err := json.Unmarshal(b, &text)
		return text, err
	case bytes.Contains(b, []byte(".")):
		return strconv.ParseFloat(string(b), 64)
	}
	return strconv.ParseInt(string(b), 10, 64)
}
