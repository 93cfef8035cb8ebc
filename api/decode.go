package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"

	"gridwarden/geo"
)

// decode reads one JSON document strictly into v: a field nobody knows, a second document
// and a body over the limit are refused, each with a sentence naming it. known are the
// fields for that sentence.
func decode(w *response, r *http.Request, v any, known string) error {
	return decodeAs(w, r, v, known, "application/json")
}

// decodeAs is decode for other media types.
func decodeAs(w *response, r *http.Request, v any, known string, types ...string) error {
	return decodeUpTo(w, r, maxBody, v, known, types...)
}

// decodeUpTo is decodeAs with another limit of bytes.
func decodeUpTo(w *response, r *http.Request, most int64, v any, known string, types ...string) error {
	if err := takes(r, types...); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return geo.Errorf(geo.TooLarge, "the body is larger than %d bytes", tooLarge.Limit)
	case err != nil:
		return unreadable(err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return decodeProblem(err, known)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return geo.Errorf(geo.Invalid, "the body goes on after its JSON document: send one")
	}
	return nil
}

// decodeLine is decode for one line of NDJSON.
func decodeLine(line []byte, v any, known string) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return decodeProblem(err, known)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return geo.Errorf(geo.Invalid, "the line goes on after its JSON document: send one a line")
	}
	return nil
}

// takes refuses a body that is of none of the media types, or packed.
func takes(r *http.Request, types ...string) error {
	given, packed := r.Header.Get("Content-Type"), r.Header.Get("Content-Encoding")
	wanted := geo.Joined("%s or %s", types)
	switch {
	case given == "":
		return refuse(http.StatusUnsupportedMediaType, "the header Content-Type is missing: send %s", wanted)
	case !isType(r, types...):
		return refuse(http.StatusUnsupportedMediaType, "the body is %q: send %s", clip(given), wanted)
	case packed != "" && packed != "identity":
		return refuse(http.StatusUnsupportedMediaType, "the body is packed with %q: send it as it is", clip(packed))
	}
	return nil
}

// isType tells whether the body is of one of the media types; parameters do not matter.
func isType(r *http.Request, types ...string) bool {
	given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	for _, t := range types {
		if err == nil && given == t {
			return true
		}
	}
	return false
}

// decodeProblem says what is wrong with a JSON body without the words of Go.
func decodeProblem(err error, known string) error {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	field, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case geo.KindOf(err) == geo.Invalid:
		return err // a value that says itself what is wrong with it
	case unknown:
		return geo.Errorf(geo.Invalid, "unknown field %s: known are %s", clip(field), known)
	case errors.As(err, &syntax):
		return geo.Errorf(geo.Invalid, "the body is not JSON from byte %d on", syntax.Offset)
	case errors.As(err, &wrongType) && wrongType.Field == "":
		return geo.Errorf(geo.Invalid, "the body is a JSON %s: send an object with %s", wrongType.Value, known)
	case errors.As(err, &wrongType):
		return geo.Errorf(geo.Invalid, "the field %s is a JSON %s, which it cannot be", wrongType.Field, wrongType.Value)
	case errors.Is(err, io.EOF):
		return geo.Errorf(geo.Invalid, "the body is empty: send an object with %s", known)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return geo.Errorf(geo.Invalid, "the body ends in the middle of its JSON")
	}
	return geo.Errorf(geo.Invalid, "the body cannot be taken: send an object with %s", known)
}

// unreadable is an error of reading a body: the connection's, or that of a client that
// frames its chunks wrongly.
func unreadable(err error) error {
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) {
		return clientGone(err)
	}
	return geo.Errorf(geo.Invalid, "the body cannot be read: its chunks are damaged")
}

// clientGone is an error of a connection, nil for none: the client left, or it sent or
// took nothing for too long.
func clientGone(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return refuse(http.StatusRequestTimeout, "nothing was sent or taken for too long")
	}
	return refuse(statusClientGone, "the connection broke")
}
