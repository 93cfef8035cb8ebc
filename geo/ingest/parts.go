package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"gridwarden/geo"
)

// area is an area on the way in: parts join it one by one.
type area struct {
	geo.AreaInput
	digests    [][32]byte   // a part each
	attributes []attributes // a part each
}

// join takes the parts of b, which has the same code.
func (a *area) join(b *area) error {
	for _, field := range []struct {
		name      string
		here, one string
	}{
		{"name", b.Name, a.Name},
		{"department", string(b.Department), string(a.Department)},
		{"parent", string(b.Parent), string(a.Parent)},
		{"side", string(b.Side), string(a.Side)},
		{"reach", fmt.Sprint(b.Reach), fmt.Sprint(a.Reach)},
		{"class", b.Class, a.Class},
	} {
		if field.here != field.one {
			return geo.Errorf(geo.Faulty, "its code %s has the %s %q here and %q in %s: parts of one area agree in this; correct one of them, or its code",
				a.Code, field.name, shorten(field.here), shorten(field.one), a.Parts[0].Source)
		}
	}
	a.Parts = append(a.Parts, b.Parts...)
	a.digests = append(a.digests, b.digests...)
	a.attributes = append(a.attributes, b.attributes...)
	return nil
}

// input is the area with its attributes put together and its hash.
func (a *area) input() geo.AreaInput {
	in := a.AreaInput
	in.Attributes = together(a.attributes)
	in.Hash = a.hash()
	return in
}

// together is one object for the attributes of all parts: what they have in common, and
// under "parts" what is each one's own; nil when there is nothing.
func together(parts []attributes) json.RawMessage {
	common, own := attributes{}, make([]attributes, len(parts))
	for i := range own {
		own[i] = attributes{}
	}
	differ := false
	for i, part := range parts {
		for name, value := range part {
			if name != "parts" && shared(parts, name, value) || len(parts) == 1 {
				common[name] = value
				continue
			}
			own[i][name] = value
			differ = true
		}
	}
	if differ {
		common["parts"] = marshal(own)
	}
	return common.object()
}

// shared tells whether all parts have the field with this value.
func shared(parts []attributes, name string, value json.RawMessage) bool {
	for _, p := range parts {
		if other, ok := p[name]; !ok || !bytes.Equal(other, value) {
			return false
		}
	}
	return true
}

// hash is of the area as read: its fields and the attributes of every part, and the
// coordinates with their system before they were transformed, in the order of the parts.
// It does not depend on files, their format, or the order of fields.
func (a *area) hash() (h geo.InputHash) {
	words, drawing := sha256.New(), sha256.New()
	_ = json.NewEncoder(words).Encode([]any{a.Code, a.Name, a.Department, a.Parent, a.Side, a.Reach, a.Class, a.attributes})
	for _, d := range a.digests {
		drawing.Write(d[:])
	}
	copy(h[:16], words.Sum(nil))
	copy(h[16:], drawing.Sum(nil))
	return h
}
