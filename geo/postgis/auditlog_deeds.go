package postgis

import (
	"context"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// mostTold is up to how many things the audit log names one by one.
const mostTold = 50

// changeDeed is an import of rows as the audit log tells it.
type changeDeed struct {
	Added     int          `json:"added"`
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	Sequence  geo.Sequence `json:"sequence"`
	Change    string       `json:"change"`          // its id
	Codes     []string     `json:"codes,omitempty"` // of what was added or changed, where it is little
}

func changeOf(out Outcome, at geo.Position, codes []string) changeDeed {
	if len(codes) > mostTold {
		codes = nil
	}
	return changeDeed{out.Added, out.Changed, out.Unchanged, at.Sequence, hex.EncodeToString(at.Change[:]), codes}
}

// publishDeed is a publication as the audit log tells it: before is what ends, after what
// begins. Of much there are counts alone.
type publishDeed struct{ before, after map[string]any }

// areaDeed is an area that ends or begins.
type areaDeed struct {
	Layer      geo.LayerName      `json:"layer"`
	Code       geo.AreaCode       `json:"code"`
	Name       string             `json:"name,omitempty"`
	Department geo.DepartmentCode `json:"department,omitempty"`
	Parent     geo.AreaCode       `json:"parent,omitempty"`
}

// tableDeed is what ends or begins in a table of duty.
type tableDeed struct {
	Rows int              `json:"rows"`
	Told []map[string]any `json:"told,omitempty"`
}

const endingAreasSQL = `SELECT layer, code, name, department, parent FROM areas WHERE id = ANY($1) ORDER BY layer, code`

// beginDeed tells the areas and layers of a publication, before any of them has ended.
func beginDeed(ctx context.Context, tx pgx.Tx, p *geo.Publication) (*publishDeed, error) {
	d := &publishDeed{before: map[string]any{"edition": p.Base}, after: map[string]any{}}
	if len(p.Ended) > 0 {
		d.before["areas_ended"] = len(p.Ended)
	}
	if len(p.Areas) > 0 {
		d.after["areas_begun"] = len(p.Areas)
	}
	if len(p.Layers) > 0 {
		d.after["layers"] = column(p.Layers, func(l *geo.Layer) geo.LayerName { return l.Name })
	}
	if len(p.Ended) > mostTold || len(p.Areas) > mostTold {
		return d, nil
	}
	if len(p.Areas) > 0 {
		d.after["areas"] = column(p.Areas, func(a **geo.Area) areaDeed {
			return areaDeed{(*a).Layer, (*a).Code, (*a).Name, (*a).Department, (*a).Parent}
		})
	}
	if len(p.Ended) > 0 {
		ending, err := rowsOf(ctx, tx, pgx.RowToStructByPos[areaDeed], endingAreasSQL, p.Ended)
		if err != nil {
			return nil, err
		}
		d.before["areas"] = ending
	}
	return d, nil
}

// did puts it into the audit log, once it has its edition and its place.
func (d *publishDeed) did(ctx context.Context, tx pgx.Tx, p *geo.Publication, edition geo.Edition, at geo.Position) error {
	d.after["edition"], d.after["sequence"], d.after["change"] = edition, at.Sequence, hex.EncodeToString(at.Change[:])
	for name, text := range map[string]string{"note": p.Note, "document": p.Document, "draft": string(p.Draft)} {
		if text != "" {
			d.after[name] = text
		}
	}
	if !p.EffectiveFrom.IsZero() {
		d.after["effective_from"] = p.EffectiveFrom
	}
	return did(ctx, tx, "publish", fmt.Sprintf("edition %d", edition), d.before, d.after)
}
