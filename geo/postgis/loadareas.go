package postgis

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const (
	areaColumns = `id, layer, code, name, department, parent, attributes, ST_AsEWKB(shape, 'NDR'), coalesce(side, ''), coalesce(reach, 0), class, from_edition, input_hash`
	areasSQL    = `
SELECT ` + areaColumns + `
FROM areas WHERE `
)

func readAreas(ctx context.Context, tx pgx.Tx, in span, c *geo.Changes) (err error) {
	c.Areas, err = collect(ctx, tx, areasSQL+in.begins()+" ORDER BY id", append([]any{binaryRows}, in.args()...), scanAreas())
	return err
}

// scanAreas takes rows of areasSQL apart.
func scanAreas() pgx.RowToFunc[*geo.Area] {
	texts := interner{}
	return func(row pgx.CollectableRow) (*geo.Area, error) { return areaOf(row.RawValues(), texts) }
}

// areaOf takes a row apart without reflection: there may be a million of them.
func areaOf(v [][]byte, texts interner) (*geo.Area, error) {
	a := &geo.Area{
		ID:         geo.AreaID(whole(v[0])),
		Layer:      geo.LayerName(texts.of(v[1])),
		Code:       geo.AreaCode(v[2]),
		Name:       string(v[3]),
		Department: geo.DepartmentCode(texts.of(v[4])),
		Parent:     geo.AreaCode(texts.of(v[5])),
		Side:       geo.Side(texts.of(v[8])),
		Reach:      float(v[9]),
		Class:      texts.of(v[10]),
		From:       geo.Edition(whole(v[11])),
	}
	if v[6] != nil {
		a.Attributes = json.RawMessage(string(v[6]))
	}
	copy(a.InputHash[:], v[12])
	return a, decodeShape(v[7], &a.Shape)
}
