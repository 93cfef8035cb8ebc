package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gridwarden/geo"
)

// Publish makes the next edition in one transaction: versions end, versions begin, layers
// are written, tables of duty become as given, all numbered as one change. It is a Conflict
// when another edition than p.Base is the newest, or a version to end has ended already;
// then nothing was written. A ruling that is published as a duty row ends with it, and the
// draft that is published becomes so with it; one that may not be published any more, or is
// at another version than p.DraftVersion, is a Conflict.
//
// An edition without EffectiveFrom holds from the moment of publishing. None holds from a
// time to come: a draft waits for that, scheduled; and one that shall have held before needs
// the document that says so.
func (s *Store) Publish(ctx context.Context, p *geo.Publication) (edition geo.EditionInfo, at geo.Position, err error) {
	change := newChange()
	err = s.write(ctx, "publishing", false, func(tx pgx.Tx) (err error) {
		if err := takeTurn(ctx, tx, lockAreas); err != nil {
			return err
		}
		draft, err := lockDraft(ctx, tx, p)
		if err != nil {
			return err
		}
		if edition, err = newEdition(ctx, tx, p, change); err != nil {
			return err
		}
		if err := checkEffect(&edition, p, draft); err != nil {
			return err
		}
		if err := putLayers(ctx, tx, p.Layers, change); err != nil {
			return err
		}
		deed, err := beginDeed(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := endAreas(ctx, tx, p.Ended, edition.Number, change); err != nil {
			return err
		}
		if err := beginAreas(ctx, tx, p.Areas, edition.Number, change); err != nil {
			return err
		}
		if err := putDuty(ctx, tx, &p.Duty, edition.Number, change, deed); err != nil {
			return err
		}
		if err := putLineage(ctx, tx, p.Lineage, edition.Number); err != nil {
			return err
		}
		if err := endDraft(ctx, tx, draft, edition.Number); err != nil {
			return err
		}
		if at, err = record(ctx, tx, change, kindOfChange(p), p.Note); err != nil {
			return err
		}
		return deed.did(ctx, tx, p, edition.Number, at)
	})
	return edition, at, err
}

// kindOfChange is what the log calls it.
func kindOfChange(p *geo.Publication) string {
	if len(p.Layers)+len(p.Ended)+len(p.Areas) == 0 {
		return "duty"
	}
	return "areas"
}

const newEditionSQL = `
INSERT INTO editions (number, published_at, effective_from, note, change, author, document, draft, areas_begun, areas_ended)
SELECT $1, at, coalesce($2, at), $3, $4, $5, $6, $7, $8, $9 FROM date_trunc('microseconds', clock_timestamp()) AS at
RETURNING published_at, effective_from`

func newEdition(ctx context.Context, tx pgx.Tx, p *geo.Publication, change geo.ChangeID) (geo.EditionInfo, error) {
	newest, err := readEdition(ctx, tx)
	if err != nil {
		return newest, err
	}
	if newest.Number != p.Base {
		return newest, geo.Because(geo.ErrPassedOver, geo.Conflict, "edition %d was published meanwhile, this was made from edition %d: do it again from the newest", newest.Number, p.Base)
	}
	next := geo.EditionInfo{Number: newest.Number + 1, Note: p.Note}
	err = tx.QueryRow(ctx, newEditionSQL, next.Number, timeOrNull(p.EffectiveFrom), next.Note, [16]byte(change),
		geo.ActorOf(ctx).Name, p.Document, string(p.Draft), len(p.Areas), len(p.Ended)).Scan(&next.PublishedAt, &next.EffectiveFrom)
	next.PublishedAt, next.EffectiveFrom = next.PublishedAt.UTC(), next.EffectiveFrom.UTC()
	return next, err
}

// checkEffect looks at the time from which an edition holds, by the database's clock. What
// was scheduled holds from its time, however late it came to be published.
func checkEffect(e *geo.EditionInfo, p *geo.Publication, draft *geo.Draft) error {
	switch from := e.EffectiveFrom; {
	case from.After(e.PublishedAt):
		return geo.Errorf(geo.Invalid, "an edition answers from the moment it is published, and %s is still to come: schedule the draft for that time", from.Format(time.RFC3339))
	case draft == nil || p.Document != "" || from.Equal(e.PublishedAt):
		return nil
	case draft.State == geo.DraftScheduled && !from.Before(draft.Schedule.At):
		return nil
	default:
		return geo.Errorf(geo.Invalid, "an edition that holds from %s, before it is published, needs the document that says so: give its number", from.Format(time.RFC3339))
	}
}

// putLayerSQL keeps what the layer was before.
const putLayerSQL = `
WITH past AS (
	INSERT INTO past_layers (name, title, kind, parent, rank, reach, visibility, authority, lock, smallest_area, largest_area, begun, ended)
	SELECT name, title, kind, parent, rank, reach, visibility, authority, lock, smallest_area, largest_area, changed, $8 FROM layers WHERE name = $1
)
INSERT INTO layers (name, title, kind, parent, rank, reach, visibility, changed, authority, lock, smallest_area, largest_area)
VALUES ($1, $2, $3, nullif($4, ''), $5, nullif($6, 0), coalesce(nullif($7, ''), 'internal'), $8, $9, $10, $11, $12)
ON CONFLICT (name) DO UPDATE SET title = excluded.title, kind = excluded.kind, parent = excluded.parent, rank = excluded.rank,
	reach = excluded.reach, visibility = excluded.visibility, authority = excluded.authority, lock = excluded.lock,
	smallest_area = excluded.smallest_area, largest_area = excluded.largest_area, changed = excluded.changed`

func putLayers(ctx context.Context, tx pgx.Tx, layers []geo.Layer, change geo.ChangeID) error {
	for _, l := range layers {
		_, err := tx.Exec(ctx, putLayerSQL, string(l.Name), l.Title, string(l.Kind), string(l.Parent), l.Rank, l.Reach, string(l.Visibility), [16]byte(change),
			l.Authority, string(l.Lock), l.SmallestArea, l.LargestArea)
		switch {
		case violates(err, "areas_layer_kind_fkey"):
			return geo.Errorf(geo.Conflict, "the layer %s has areas of another kind and cannot become %s: give the new layer another name", l.Name, l.Kind)
		case violates(err, "layers_area_bounds"):
			return geo.Errorf(geo.Invalid, "the smallest area of the layer %s, %g m², is larger than its largest, %g m²: change one of them", l.Name, l.SmallestArea, l.LargestArea)
		case err != nil:
			return err
		}
	}
	return nil
}

const endAreasSQL = `
UPDATE areas SET ended = $1, until_edition = $2 WHERE id = ANY($3) AND ended IS NULL`

func endAreas(ctx context.Context, tx pgx.Tx, ended []geo.AreaID, edition geo.Edition, change geo.ChangeID) error {
	if len(ended) == 0 {
		return nil
	}
	tag, err := tx.Exec(ctx, endAreasSQL, [16]byte(change), edition, ended)
	if err == nil && tag.RowsAffected() != int64(len(ended)) {
		return geo.Errorf(geo.Conflict, "%d of the %d areas to replace have ended already: do it again from the newest edition", int64(len(ended))-tag.RowsAffected(), len(ended))
	}
	return err
}

const stageAreasSQL = `
CREATE TEMPORARY TABLE new_areas (
	ord bigint, layer text, code text, name text, department text, parent text, attributes jsonb, shape bytea,
	side text, reach double precision, class text, input_hash bytea
) ON COMMIT DROP`

const beginAreasSQL = `
INSERT INTO areas (layer, kind, code, name, department, parent, attributes, shape, side, reach, class, from_edition, input_hash, begun)
SELECT n.layer, l.kind, n.code, n.name, n.department, n.parent, n.attributes, ST_GeomFromEWKB(n.shape),
	nullif(n.side, ''), nullif(n.reach, 0), n.class, $1, n.input_hash, $2
FROM new_areas n JOIN layers l ON l.name = n.layer ORDER BY n.ord`

// beginAreas copies the new versions in and lets the database check every one of them.
func beginAreas(ctx context.Context, tx pgx.Tx, areas []*geo.Area, edition geo.Edition, change geo.ChangeID) error {
	if len(areas) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, stageAreasSQL); err != nil {
		return err
	}
	columns := []string{"ord", "layer", "code", "name", "department", "parent", "attributes", "shape", "side", "reach", "class", "input_hash"}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"new_areas"}, columns, pgx.CopyFromSlice(len(areas), func(i int) ([]any, error) {
		return areaRow(i, areas[i])
	}))
	if err != nil {
		return err
	}
	begun := int64(0)
	err = pgx.BeginFunc(ctx, tx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, beginAreasSQL, edition, [16]byte(change))
		begun = tag.RowsAffected()
		return err
	})
	if err != nil {
		return nameBadArea(ctx, tx, err)
	}
	if begun != int64(len(areas)) {
		return geo.Errorf(geo.Invalid, "%d areas belong to layers that do not exist", int64(len(areas))-begun)
	}
	return nil
}

func areaRow(i int, a *geo.Area) ([]any, error) {
	shape, err := encodeShape(&a.Shape)
	return []any{
		int64(i), string(a.Layer), string(a.Code), a.Name, string(a.Department), string(a.Parent), jsonOrNull(a.Attributes), shape,
		string(a.Side), a.Reach, a.Class, a.InputHash[:],
	}, err
}

const badShapeSQL = `
SELECT layer, code, ST_IsValidReason(ST_GeomFromEWKB(shape)) FROM new_areas
WHERE NOT ST_IsValid(ST_GeomFromEWKB(shape)) ORDER BY ord LIMIT 1`

// nameBadArea finds the area that the database refused.
func nameBadArea(ctx context.Context, tx pgx.Tx, refusal error) error {
	switch {
	case violates(refusal, "areas_one_open"), violates(refusal, "areas_layer_code_from_edition_key"):
		return geo.Because(refusal, geo.Conflict, "an area would be in its layer twice: its code is already taken by an area that does not end")
	case violates(refusal, "areas_shape_valid"):
		var layer, code, reason string
		if err := tx.QueryRow(ctx, badShapeSQL).Scan(&layer, &code, &reason); err == nil {
			return geo.Because(refusal, geo.Faulty, "the shape of area %s in layer %s is not valid for PostGIS: %s", code, layer, reason)
		}
		return geo.Because(refusal, geo.Faulty, "an area has an empty shape")
	case violates(refusal, "areas_shape_type"):
		return geo.Because(refusal, geo.Invalid, "an area of a line layer needs lines, of any other layer polygons")
	}
	return refusal
}

// violates tells whether the database refused a row for this constraint.
func violates(err error, constraint string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == constraint
}
