package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

const editionsSQL = `
SELECT number, published_at, effective_from, note, author, document, draft, areas_begun, areas_ended
FROM editions WHERE number < $1 ORDER BY number DESC LIMIT $2`

// Editions are the published editions below a number, the newest first, at most so many.
func (s *Store) Editions(ctx context.Context, below geo.Edition, most int) (all []geo.EditionRecord, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "listing the editions", func(tx pgx.Tx) error {
		all, err = collect(ctx, tx, editionsSQL, []any{below, most}, func(row pgx.CollectableRow) (e geo.EditionRecord, err error) {
			err = row.Scan(&e.Number, &e.PublishedAt, &e.EffectiveFrom, &e.Note, &e.Author, &e.Document, &e.Draft, &e.Begun, &e.Ended)
			e.PublishedAt, e.EffectiveFrom = e.PublishedAt.UTC(), e.EffectiveFrom.UTC()
			return e, err
		})
		return err
	})
	return all, err
}

// Edition is one published edition; one that is not there is NotFound.
func (s *Store) Edition(ctx context.Context, number geo.Edition) (e geo.EditionRecord, err error) {
	found, err := s.Editions(ctx, number+1, 1)
	switch {
	case err != nil:
		return e, err
	case len(found) == 1 && found[0].Number == number:
		return found[0], nil
	}
	err = s.read(ctx, "looking for an edition", func(tx pgx.Tx) error {
		_, err := heldEdition(ctx, tx, e.PublishedAt, number, nil)
		return err
	})
	if err == nil {
		err = geo.Errorf(geo.NotFound, "edition %d is there no longer", number)
	}
	return e, err
}

const versionsSQL = `
SELECT ` + areaColumns + `, coalesce(until_edition, 0)
FROM areas WHERE layer = @layer AND code = @code ORDER BY from_edition DESC LIMIT @most`

// AreaVersions are the newest versions that an area of a code ever had, at most so many,
// the newest first; none where the code was never used.
func (s *Store) AreaVersions(ctx context.Context, layer geo.LayerName, code geo.AreaCode, most int) (all []geo.AreaVersion, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	texts := interner{}
	err = s.read(ctx, "reading the versions of an area", func(tx pgx.Tx) error {
		args := []any{binaryRows, pgx.NamedArgs{"layer": layer, "code": code, "most": most}}
		all, err = collect(ctx, tx, versionsSQL, args, func(row pgx.CollectableRow) (geo.AreaVersion, error) {
			v := row.RawValues()
			area, err := areaOf(v, texts)
			return geo.AreaVersion{Area: area, Until: geo.Edition(whole(v[len(v)-1]))}, err
		})
		return err
	})
	return all, err
}
