package api

import (
	"encoding/hex"
	"net/http"
	"strings"

	"gridwarden/geo"
)

// approvalRequest is the document that lets a draft move lines of law.
type approvalRequest struct {
	Document     string `json:"document"`
	Body         string `json:"body"`
	Date         string `json:"date"`
	EffectiveDay string `json:"effective_day"`
	FileHash     string `json:"file_sha256"`
}

const approvalFields = "document, body, date, effective_day, file_sha256"

// approval checks what was sent.
func (q *approvalRequest) approval(layer geo.LayerName) (a geo.Approval, err error) {
	a = geo.Approval{Layer: layer, Document: strings.TrimSpace(q.Document), Body: strings.TrimSpace(q.Body), FileHash: strings.ToLower(q.FileHash)}
	switch {
	case a.Document == "":
		return a, geo.Errorf(geo.Invalid, "document is missing: give the number of the document that approves the change")
	case a.Body == "":
		return a, geo.Errorf(geo.Invalid, "body is missing: name who issued the document")
	}
	if err := checkTexts([]sentText{{"document", a.Document, maxName}, {"body", a.Body, maxName}}); err != nil {
		return a, err
	}
	if a.Date, err = dayOf("date", q.Date); err != nil {
		return a, err
	}
	if a.EffectiveDay, err = dayOf("effective_day", q.EffectiveDay); err != nil {
		return a, err
	}
	if sum, err := hex.DecodeString(a.FileHash); err != nil || len(sum) != 32 {
		return a, geo.Errorf(geo.Invalid, "file_sha256 is %q: give the SHA-256 of the document's file as 64 hexadecimal digits, as sha256sum prints it", clip(q.FileHash))
	}
	return a, nil
}

// dayOf reads a day that must be given.
func dayOf(name, text string) (geo.Date, error) {
	if text == "" {
		return geo.Date{}, geo.Errorf(geo.Invalid, "%s is missing: give a day such as 2026-07-01", name)
	}
	day, err := geo.ParseDate(text)
	if err != nil {
		return day, geo.Errorf(geo.Invalid, "%s: %w", name, err)
	}
	return day, nil
}

// putApproval enters the document by which a draft may move borders of a locked layer; one
// entered before for the layer gives way.
func (s *server) putApproval(w *response, r *http.Request, v view) error {
	var q approvalRequest
	if err := decodeAlone(w, r, &q, approvalFields); err != nil {
		return err
	}
	layer, err := v.layerInPath(r)
	if err != nil {
		return err
	}
	approval, err := q.approval(layer.Name)
	if err != nil {
		return err
	}
	version, err := seenVersion(r)
	if err != nil {
		return err
	}
	d, err := s.Drafts.Approve(r.Context(), draftInPath(r), version, approval)
	if err != nil {
		return s.overtaken(r, version, err)
	}
	return s.sendDraft(w, r, v, http.StatusOK, &d)
}

// addConsent agrees to an edit that changes areas in the scope of who asks and beyond that
// of its author.
func (s *server) addConsent(w *response, r *http.Request, v view) error {
	var q struct {
		Number int `json:"number"`
	}
	if err := decodeAlone(w, r, &q, "number"); err != nil {
		return err
	}
	if q.Number < 1 {
		return geo.Errorf(geo.Invalid, "number is %d: give that of the edit you agree to, from 1 on", q.Number)
	}
	d, err := s.Drafts.Consent(r.Context(), draftInPath(r), q.Number)
	if err != nil {
		return err
	}
	return s.sendDraft(w, r, v, http.StatusOK, &d)
}
