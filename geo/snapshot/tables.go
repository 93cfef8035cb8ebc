package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"

	"gridwarden/geo"
	"gridwarden/geo/index"
)

var errTables = errors.New("a table is missing")

// maxTables is how long tables.json may be: a city's are a hundredth of it.
const maxTables = 1 << 30

// tables are the parts of a view that are short.
type tables struct {
	Layers      []geo.Layer      `json:"layers"`
	Departments []geo.Department `json:"departments"`
	Categories  []geo.Category   `json:"categories"`
	Duty        *geo.DutyTables  `json:"duty"`
	AssetKeys   []string         `json:"asset_keys"` // the attributes assets bring
}

func tablesOf(view *index.Snapshot) *tables {
	return &tables{view.Layers(), view.Departments(), view.Categories(), view.Duty(), view.AssetKeys()}
}

// parseTables reads the tables; a field that is unknown or a table of duty that is missing
// was not written by us.
func parseTables(body []byte) (*tables, error) {
	var t tables
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&t); err != nil {
		return nil, err
	}
	u := t.Duty
	if u == nil || u.Rules == nil || u.Standards == nil || u.Calendar == nil || u.Groups == nil || u.Crosswalk == nil || u.Rulings == nil {
		return nil, errTables
	}
	return &t, nil
}
