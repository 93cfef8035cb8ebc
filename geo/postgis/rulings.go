package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"gridwarden/geo"
)

const beginRulingSQL = `
INSERT INTO rulings (id, report, department, basis, standard, kind, code, asset, asset_standard, ground, valid_until, begun)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, ST_GeomFromEWKB($10), $11, $12)`

// addRuling writes a ruling that holds from the change on. The transaction has to record
// the change as the last thing it does (see recordRuling).
func addRuling(ctx context.Context, tx pgx.Tx, r geo.Ruling, change geo.ChangeID) error {
	ground, err := encodeShape(r.Ground)
	if err != nil {
		return err
	}
	var asset, assetStandard *string
	if r.Asset != nil {
		asset, assetStandard = (*string)(&r.Asset.ID), &r.Asset.Standard
	}
	_, err = tx.Exec(ctx, beginRulingSQL, string(r.ID), string(r.Report), string(r.Department), r.Basis,
		r.Category.Standard, string(r.Category.Kind), r.Category.Code, asset, assetStandard, ground, day(r.Until), [16]byte(change))
	switch {
	case violates(err, "rulings_pkey"):
		return geo.Because(err, geo.Conflict, "the ruling %s was made before; give the new one another id", r.ID)
	case violates(err, "rulings_ground_valid"), violates(err, "rulings_ground_range"):
		return geo.Because(err, geo.Invalid, "the ground of the ruling is not a valid patch of land: draw it without crossings")
	case violates(err, "rulings_department_check"):
		return geo.Because(err, geo.Invalid, "a ruling names the department that shall answer")
	}
	return err
}

// recordRuling gives the change of a ruling its number, the last thing before commit.
func recordRuling(ctx context.Context, tx pgx.Tx, change geo.ChangeID, note string) (geo.Position, error) {
	return record(ctx, tx, change, "ruling", note)
}

const endRulingSQL = `UPDATE rulings SET ended = $1 WHERE id = ANY($2) AND ended IS NULL`

// EndRuling lets a ruling hold no longer. One that is not there, or ended before, is
// NotFound.
func (s *Store) EndRuling(ctx context.Context, id geo.RulingID, note string) error {
	return s.write(ctx, "ending a ruling", false, func(tx pgx.Tx) error {
		change := newChange()
		tag, err := tx.Exec(ctx, endRulingSQL, [16]byte(change), []string{string(id)})
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return geo.Errorf(geo.NotFound, "there is no ruling %s in force", id)
		}
		if _, err = recordRuling(ctx, tx, change, note); err != nil {
			return err
		}
		return did(ctx, tx, "end ruling", string(id), nil, nil)
	})
}

// endPublishedRulings ends the rulings that are among the duty rows from now on.
func endPublishedRulings(ctx context.Context, tx pgx.Tx, rules []geo.DutyRow, change geo.ChangeID) error {
	var ids []string
	for _, r := range rules {
		if id, published := r.ID.Ruling(); published {
			ids = append(ids, string(id))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, endRulingSQL, [16]byte(change), ids)
	return err
}

// rulingTable reads rulings like the other tables; they are written one at a time.
func rulingTable() dutyTable[geo.Ruling] {
	return dutyTable[geo.Ruling]{
		name: "rulings", rows: "rulings", order: `id COLLATE "C"`,
		columns: []string{
			"id", "report", "department", "basis", "standard", "kind", "code", "asset", "asset_standard", "ST_AsEWKB(ground, 'NDR')", "valid_until",
		},
		of: func(d *geo.DutyTables) *[]geo.Ruling { return &d.Rulings },
		scan: func(r *geo.Ruling) []any {
			return []any{
				&r.ID, &r.Report, &r.Department, &r.Basis, &r.Category.Standard, &r.Category.Kind, &r.Category.Code,
				assetID{r}, assetStandard{r}, ground{r}, (*day)(&r.Until),
			}
		},
	}
}

// assetID, assetStandard and ground take what may be NULL into a ruling.
type (
	assetID       struct{ *geo.Ruling }
	assetStandard struct{ *geo.Ruling }
	ground        struct{ *geo.Ruling }
)

// ScanText is for pgx.
func (a assetID) ScanText(v pgtype.Text) error {
	if v.Valid {
		a.Asset = &geo.AssetKey{ID: geo.AssetID(v.String)}
	}
	return nil
}

// ScanText is for pgx; the column follows that of the id.
func (a assetStandard) ScanText(v pgtype.Text) error {
	if v.Valid {
		a.Asset.Standard = v.String
	}
	return nil
}

// ScanBytes is for pgx.
func (g ground) ScanBytes(v []byte) error {
	if v == nil {
		return nil
	}
	g.Ground = new(geo.Shape)
	return decodeShape(v, g.Ground)
}
