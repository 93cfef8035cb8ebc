package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// putLineage writes what became of the ground that changed hands with an edition.
func putLineage(ctx context.Context, tx pgx.Tx, descents []geo.Descent, edition geo.Edition) error {
	if len(descents) == 0 {
		return nil
	}
	columns := []string{"edition", "layer", "from_code", "to_code", "m2", "share_from", "share_to", "approval"}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"lineage"}, columns, pgx.CopyFromSlice(len(descents), func(i int) ([]any, error) {
		d := &descents[i]
		return []any{int64(edition), string(d.Layer), string(d.From), string(d.To), d.SquareMetres, d.ShareFrom, d.ShareTo, d.Approval}, nil
	}))
	return err
}

// mostHistory is how many descents the history of an area has at most.
const mostHistory = 10_000

// descentsSQL goes from descent to descent: back to those that brought the ground which one
// took, with earlier editions, and on to those that took the ground which one brought.
const descentsSQL = `
WITH RECURSIVE back AS (
	SELECT * FROM lineage WHERE layer = $1 AND to_code = $2
	UNION
	SELECT l.* FROM back JOIN lineage l ON l.layer = $1 AND l.to_code = back.from_code AND l.edition < back.edition WHERE back.from_code <> ''
), forth AS (
	SELECT * FROM lineage WHERE layer = $1 AND from_code = $2
	UNION
	SELECT l.* FROM forth JOIN lineage l ON l.layer = $1 AND l.from_code = forth.to_code AND l.edition > forth.edition WHERE forth.to_code <> ''
)
SELECT edition, layer, from_code, to_code, m2, share_from, share_to, approval
FROM (SELECT * FROM (SELECT * FROM back LIMIT $3) AS b UNION SELECT * FROM (SELECT * FROM forth LIMIT $3) AS f LIMIT $3) AS kin
ORDER BY edition, from_code COLLATE "C", to_code COLLATE "C"`

// History is the lineage of an area over all editions: every descent through which ground
// of it came, or went on, in the order of editions. It is empty for an area whose ground
// never changed hands, and for one that never was. Of a history beyond ten thousand descents
// it is so many, and more is set.
func (s *Store) History(ctx context.Context, layer geo.LayerName, code geo.AreaCode) (descents []geo.Descent, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, descentsSQL, layer, code, mostHistory+1)
	if err != nil {
		return nil, false, fault(err, "reading the history of an area")
	}
	descents, err = pgx.CollectRows(rows, pgx.RowToStructByPos[geo.Descent])
	if len(descents) > mostHistory {
		descents, more = descents[:mostHistory], true
	}
	return descents, more, fault(err, "reading the history of an area")
}
