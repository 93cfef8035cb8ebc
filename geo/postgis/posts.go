package postgis

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// lockPosts is held by who imports posts.
const lockPosts = 102

// ImportPosts makes the posts be those given: others end. It moves no edition and takes one
// number of the feed, or none when nothing differs. A post without a place or a person, or
// given twice, is Invalid; then, as in a dry run, nothing is written. A post that changes
// ends, and another is added.
func (s *Store) ImportPosts(ctx context.Context, given []geo.Post, dryRun bool) (out Outcome, err error) {
	if err := checkPosts(given); err != nil {
		return out, err
	}
	err = s.write(ctx, "importing posts", dryRun, func(tx pgx.Tx) error {
		if err := takeTurn(ctx, tx, lockPosts); err != nil {
			return err
		}
		if err := stagePosts(ctx, tx, given); err != nil {
			return err
		}
		out.Read = len(given)
		if err := tx.QueryRow(ctx, differentPostsSQL).Scan(&out.Added, &out.Ended); err != nil {
			return err
		}
		out.Unchanged = out.Read - out.Added
		if out.Added+out.Ended == 0 {
			return nil
		}
		if _, err := tx.Exec(ctx, putPostsSQL); err != nil {
			return err
		}
		return did(ctx, tx, "import posts", "", nil, map[string]any{"added": out.Added, "ended": out.Ended, "unchanged": out.Unchanged})
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

func checkPosts(given []geo.Post) error {
	seen := make(map[geo.Post]bool, len(given))
	for _, p := range given {
		switch {
		case p.Layer == "" || p.Code == "" || p.Person == "":
			return geo.Errorf(geo.Invalid, "a post needs a place and a person: the one at %s %s has not both", p.Layer, p.Code)
		case seen[p]:
			return geo.Errorf(geo.Invalid, "the posts hold %s at %s %s twice; keep one row", p.Role, p.Layer, p.Code)
		}
		seen[p] = true
	}
	return nil
}

var postColumns = []string{"layer", "code", "role", "person", "phone", "shift", "valid_from", "valid_until"}

const stagePostsSQL = `
CREATE TEMPORARY TABLE new_posts (
	layer text, code text, role text, person text, phone text, shift text, valid_from date, valid_until date
) ON COMMIT DROP`

// stagePosts copies what is given into a table of this transaction.
func stagePosts(ctx context.Context, tx pgx.Tx, given []geo.Post) error {
	if _, err := tx.Exec(ctx, stagePostsSQL); err != nil {
		return err
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"new_posts"}, postColumns, pgx.CopyFromSlice(len(given), func(i int) ([]any, error) {
		p := given[i]
		return []any{p.Layer, p.Code, p.Role, p.Person, p.Phone, p.Shift, day(p.ValidFrom), day(p.ValidUntil)}, nil
	}))
	return err
}

// A post that stays is equal in everything.
const (
	postSQL      = `SELECT layer, code, role, person, phone, shift, valid_from, valid_until`
	openPostsSQL = postSQL + ` FROM posts WHERE ended IS NULL`
	newPostsSQL  = postSQL + ` FROM new_posts`
	addedSQL     = newPostsSQL + ` EXCEPT ` + openPostsSQL
	endedSQL     = openPostsSQL + ` EXCEPT ` + newPostsSQL

	differentPostsSQL = `SELECT (SELECT count(*) FROM (` + addedSQL + `) AS added), (SELECT count(*) FROM (` + endedSQL + `) AS ended)`
)

// putPostsSQL ends and begins posts, all with one number of the feed.
const putPostsSQL = `
WITH added AS MATERIALIZED (` + addedSQL + `), gone AS MATERIALIZED (` + endedSQL + `), counted AS (
	UPDATE feed SET head = head + 1 RETURNING head, pg_notify('` + feedChannel + `', head::text)
), ended AS (
	UPDATE posts p SET ended = head FROM counted, gone g
	WHERE p.ended IS NULL AND (p.layer, p.code, p.role, p.person, p.phone, p.shift) = (g.layer, g.code, g.role, g.person, g.phone, g.shift)
		AND p.valid_from IS NOT DISTINCT FROM g.valid_from AND p.valid_until IS NOT DISTINCT FROM g.valid_until
)
INSERT INTO posts (layer, code, role, person, phone, shift, valid_from, valid_until, begun)
SELECT a.*, head FROM added a, counted`

const postsSQL = openPostsSQL + `
AND (layer, code) IN (SELECT * FROM unnest($1::text[], $2::text[]))
ORDER BY layer, code, role, person, valid_from NULLS FIRST, valid_until, shift`

// Posts is the present posts at some places, whatever their shifts and validity, by place,
// role and person.
func (s *Store) Posts(ctx context.Context, places []geo.PostPlace) (posts []geo.Post, err error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err = s.read(ctx, "asking who is on duty", func(tx pgx.Tx) error {
		posts, err = rowsOf(ctx, tx, scanPost, postsSQL,
			column(places, func(p *geo.PostPlace) string { return p.Layer }), column(places, func(p *geo.PostPlace) string { return p.Code }))
		return err
	})
	return posts, err
}

func scanPost(row pgx.CollectableRow) (p geo.Post, err error) {
	err = row.Scan(&p.Layer, &p.Code, &p.Role, &p.Person, &p.Phone, &p.Shift, (*day)(&p.ValidFrom), (*day)(&p.ValidUntil))
	return p, err
}
