package api_test

import (
	"fmt"
	"testing"
)

// reportAsks asks everything that is kept of reports, of reports made for it.
func reportAsks(t *testing.T, d *desk) []specAsk {
	t.Helper()
	const json = "application/json"
	_, err := d.store.ImportPosts(t.Context(), townPosts(), false)
	must(t, err)
	inPark := report(1, .9, dirtJSON)
	c := d.report(t, report(1, .9, dirtJSON+`,"source":"12345","external_id":"S-1","description":"x","level":1,"whistle":["D2"],"answers":{"a":"b"},"condition":"1"`))
	lamp := d.report(t, report(2.5, .5, lampJSON))
	asked := [4]settled{}
	for i := range asked {
		id := lamp.ID
		if i < 3 {
			id = d.report(t, inPark).ID
		}
		asked[i] = d.returned(t, id, `{"reason":"x"}`)
	}
	wide := d.decide(t, d.returned(t, d.report(t, inPark).ID, `{"reason":"x"}`).Return.ID, `{"decision":"rule","department":"D2","basis":"b","scope":"ground","ground":`+groundJSON(.9, .8, 1.1, 1)+`}`).Ruling.ID
	done := d.decide(t, d.returned(t, d.report(t, report(3.5, .5, lampJSON)).ID, `{"reason":"x"}`).Return.ID, `{"decision":"rule","department":"D2","basis":"b","scope":"asset"}`).Ruling.ID
	d.catchUp(t)
	of := "/v1/reports/" + c.ID
	returns := func(i int) string { return fmt.Sprintf("/v1/returns/%d", asked[i].Return.ID) }
	return []specAsk{
		{"POST", "/v1/reports", json, report(.5, .5, lampJSON), 201},
		{"POST", "/v1/reports", json, `{"address":"x"}`, 201},
		{"POST", "/v1/reports", json, report(.5, .5, lampJSON+`,"merged_into":"`+c.ID+`"`), 201},
		{"POST", "/v1/reports", json, `{"lon":10,"lat":10}`, 201},
		{"POST", "/v1/reports", json, `{"lon":10,"lat":10,"caller":"x"}`, 400},
		{"POST", of + "/events", json, `{"id":"1","kind":"filed","at":"2026-07-01T08:00:00Z","author":"x","note":"y"}`, 200},
		{"POST", of + "/events", ndjson, `{"kind":"extended","at":"2026-07-01T08:00:00Z","until":"2026-07-02T08:00:00Z"}`, 200},
		{"POST", "/v1/events", json, `{"source":"12345","external_id":"later","kind":"filed","at":"2026-07-01T08:00:00Z"}`, 200},
		{"POST", "/v1/events", ndjson, "x", 200},
		{"POST", of + "/returns", json, `{"reason":"x"}`, 201},
		{"GET", of, "", "", 200},
		{"PATCH", of, json, `{"family":null,"answers":{"a":null}}`, 200},
		{"PATCH", of, json, `{}`, 400},
		{"GET", of, "", "", 200},
		{"GET", "/v1/reports/nobody", "", "", 404},
		{"GET", "/v1/reports?limit=3", "", "", 200},
		{"GET", "/v1/reports?open=1&" + query(.5, .5), "", "", 200},
		{"GET", "/v1/reports?radius_m=5", "", "", 400},
		{"DELETE", of + "/description", "", "", 204},
		{"GET", "/v1/returns?state=asked", "", "", 200},
		{"GET", "/v1/returns/counts", "", "", 200},
		{"GET", "/v1/rulings", "", "", 200},
		{"POST", returns(0), json, `{"decision":"accept","by":"x","note":"y"}`, 200},
		{"POST", returns(1), json, `{"decision":"refuse"}`, 200},
		{"POST", returns(2), json, `{"decision":"rule","department":"D1","basis":"b","until":"2099-01-01"}`, 200},
		{"POST", returns(3), json, `{"decision":"rule","department":"D1","basis":"b","scope":"asset"}`, 200},
		{"POST", returns(3), json, `{"decision":"accept"}`, 409},
		{"GET", "/v1/reports/" + lamp.ID, "", "", 200},
		{"POST", "/v1/rulings/" + wide + "/publish", "", "", 200},
		{"DELETE", "/v1/rulings/" + done, "", "", 204},
		{"GET", "/v1/assignments?limit=20", "", "", 200},
		{"GET", "/v1/assignments?after=100000", "", "", 409},
		{"GET", "/v1/duty?" + query(1.5, .99), "", "", 200},
	}
}
