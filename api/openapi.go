package api

import (
	_ "embed"
	"net/http"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed openapi.yaml
var openapiYAML []byte

// specJSON is openapi.yaml as JSON.
func specJSON() []byte {
	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	if err != nil {
		panic("api/openapi.yaml cannot be read: " + err.Error()) // it is embedded, and a test reads it
	}
	body, err := doc.MarshalJSON()
	if err != nil {
		panic("api/openapi.yaml cannot be written as JSON: " + err.Error())
	}
	return body
}

func (s *server) openapi(w *response, _ *http.Request) error {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", "no-cache")
	send(w, http.StatusOK, "application/json", s.spec)
	return nil
}
