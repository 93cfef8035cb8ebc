package postgis

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
	"gridwarden/geo/planning"
)

const addEditSQL = `
UPDATE drafts SET version = version + 1, changed_at = clock_timestamp(), changed_by = $3, head = head + 1, edits = head + 1
WHERE id = $1 AND version = $2 AND ` + isLive + `
RETURNING ` + draftColumns

const dropEditsSQL = `DELETE FROM draft_edits WHERE draft = $1 AND number >= $2`

// AddDraftEdit puts an edit after those in force; the ones that are undone go. It fills in
// e.Number, and e.At as it is kept. Made of another version than the draft is at, or of one
// that is published or discarded, it is a Conflict and nothing changes. What it costs does
// not depend on how many edits there are.
func (s *Store) AddDraftEdit(ctx context.Context, id geo.DraftID, version int64, e *planning.DoneEdit) (d geo.Draft, err error) {
	err = s.write(ctx, "keeping an edit", false, func(tx pgx.Tx) error {
		if d, err = stepDraft(ctx, tx, addEditSQL, id, version); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropEditsSQL, id, d.Head); err != nil {
			return err
		}
		e.Number, e.At = d.Head, orNow(e.At).UTC().Truncate(time.Microsecond)
		if err := addEdits(ctx, tx, id, []planning.DoneEdit{*e}); err != nil {
			return err
		}
		return did(ctx, tx, "edit draft", string(id), nil, editDeed(e))
	})
	return d, err
}

// editDeed is an edit as the audit log tells it; the draft keeps all of it.
func editDeed(e *planning.DoneEdit) map[string]any {
	told := map[string]any{"number": e.Number, "edit": e.Edit.Kind, "layer": e.Edit.Layer, "changed": len(e.Effect.Areas), "ended": len(e.Effect.Ended)}
	if len(e.Edit.Areas) <= mostTold {
		told["areas"] = e.Edit.Areas
	}
	if len(e.Needs) > 0 {
		told["needs"] = len(e.Needs)
	}
	return told
}

// RebaseDraft is [Store.PutDraft] that gives the draft d.Base and other edits too, in place
// of all it has; they are numbered from 1 in the order given.
func (s *Store) RebaseDraft(ctx context.Context, d geo.Draft, edits []planning.DoneEdit) (put geo.Draft, err error) {
	n := len(edits)
	numbered := slices.Clone(edits)
	for i := range numbered {
		numbered[i].Number = i + 1
	}
	err = s.write(ctx, "rebasing a draft", false, func(tx pgx.Tx) error {
		was, err := holdDraft(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if put, err = putDraft(ctx, tx, d, &d.Base, &n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, dropEditsSQL, d.ID, 1); err != nil {
			return err
		}
		if err := addEdits(ctx, tx, d.ID, numbered); err != nil {
			return err
		}
		return did(ctx, tx, "rebase draft", string(d.ID), draftDeed(&was), draftDeed(&put))
	})
	if violates(err, "drafts_base_fkey") {
		return put, geo.Errorf(geo.NotFound, "there is no edition %d to base a draft on: take the newest", d.Base)
	}
	return put, err
}

const consentSQL = `UPDATE draft_edits SET consents = consents || $3::jsonb WHERE draft = $1 AND number = $2`

const agreeSQL = `
UPDATE drafts SET version = version + 1, changed_at = clock_timestamp(), changed_by = $3
WHERE id = $1 AND version = $2 AND ` + isLive + `
RETURNING ` + draftColumns

// AddConsent adds somebody's agreement to an edit; NotFound when the draft has no edit of
// that number. The version is the one that was looked at: at another, where the number may
// be of another edit, it is a Conflict.
func (s *Store) AddConsent(ctx context.Context, id geo.DraftID, version int64, number int, c planning.Consent) (d geo.Draft, err error) {
	err = s.write(ctx, "keeping a consent", false, func(tx pgx.Tx) error {
		if d, err = stepDraft(ctx, tx, agreeSQL, id, version); err != nil {
			return err
		}
		consent, err := json.Marshal(c)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, consentSQL, id, number, consent)
		if err == nil && tag.RowsAffected() == 0 {
			return geo.Errorf(geo.NotFound, "the draft has no edit %d: they go from 1 to %d", number, d.Edits)
		}
		if err != nil {
			return err
		}
		return did(ctx, tx, "consent to edit", string(id), nil, map[string]any{"number": number, "areas": c.Areas})
	})
	return d, err
}

const editsSQL = `
SELECT number, author, at, reason, edit, effect, needs, consents FROM draft_edits WHERE draft = $1 AND number > $2 ORDER BY number`

const effectAreasSQL = `
SELECT 0::bigint, layer, code, name, department, parent, attributes, ST_AsEWKB(shape, 'NDR'), side, reach, class, from_edition, input_hash, number::bigint
FROM draft_areas WHERE draft = $1 AND number > $2 ORDER BY number, place`

// DraftEdits are a draft and its edits after a number, undone ones too, both of one moment.
// Effects come as they were given, byte for byte. NotFound when there is no such draft.
func (s *Store) DraftEdits(ctx context.Context, id geo.DraftID, after int) (d geo.Draft, edits []planning.DoneEdit, err error) {
	err = s.read(ctx, "reading the edits of a draft", func(tx pgx.Tx) error {
		drafts, err := collect(ctx, tx, draftSQL, []any{id}, scanDraft)
		if err != nil {
			return err
		}
		if len(drafts) == 0 {
			return noDraft(id)
		}
		d = drafts[0]
		if edits, err = collect(ctx, tx, editsSQL, []any{id, after}, scanEdit); err != nil {
			return err
		}
		return readEffectAreas(ctx, tx, id, after, edits)
	})
	return d, edits, err
}

func scanEdit(row pgx.CollectableRow) (e planning.DoneEdit, err error) {
	var edit, effect, consents []byte
	err = row.Scan(&e.Number, &e.Author, &e.At, &e.Reason, &edit, &effect, (*list[geo.AreaCode])(&e.Needs), &consents)
	if err != nil {
		return e, err
	}
	e.At = e.At.UTC()
	for _, part := range []struct {
		text []byte
		into any
	}{{edit, &e.Edit}, {effect, &e.Effect}, {consents, &e.Consent}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return e, err
		}
	}
	if len(e.Consent) == 0 {
		e.Consent = nil
	}
	return e, nil
}

// readEffectAreas fills in the areas of effects, whose edits are those after a number.
func readEffectAreas(ctx context.Context, tx pgx.Tx, id geo.DraftID, after int, edits []planning.DoneEdit) error {
	texts := interner{}
	_, err := collect(ctx, tx, effectAreasSQL, []any{binaryRows, id, after}, func(row pgx.CollectableRow) (none struct{}, err error) {
		v := row.RawValues()
		a, err := areaOf(v, texts)
		effect := &edits[int(whole(v[13]))-after-1].Effect
		effect.Areas = append(effect.Areas, a)
		return none, err
	})
	return err
}

// What one statement brings: a replaced region has very many areas, a rebased draft edits.
const (
	editsAtOnce = 500
	areasAtOnce = 1000
)

const addEditsSQL = `
INSERT INTO draft_edits (draft, number, author, at, reason, edit, effect, needs, consents)
SELECT $1, number, author, at, reason, edit::json, effect::json, ARRAY(SELECT jsonb_array_elements_text(needs::jsonb)), consents::jsonb
FROM unnest($2::integer[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
	AS given (number, author, at, reason, edit, effect, needs, consents)`

// addEdits writes numbered edits of a draft, and the areas of their effects.
func addEdits(ctx context.Context, tx pgx.Tx, id geo.DraftID, edits []planning.DoneEdit) error {
	for some := range slices.Chunk(edits, editsAtOnce) {
		rows := make([]editRow, len(some))
		for i := range some {
			if err := rows[i].set(&some[i]); err != nil {
				return err
			}
		}
		text := func(value func(*editRow) string) []string { return column(rows, value) }
		_, err := tx.Exec(ctx, addEditsSQL, id, column(some, func(e *planning.DoneEdit) int { return e.Number }),
			column(some, func(e *planning.DoneEdit) string { return e.Author }), column(some, func(e *planning.DoneEdit) time.Time { return e.At }),
			column(some, func(e *planning.DoneEdit) string { return e.Reason }), text(func(r *editRow) string { return r.edit }),
			text(func(r *editRow) string { return r.effect }), text(func(r *editRow) string { return r.needs }), text(func(r *editRow) string { return r.consents }))
		if err != nil {
			return err
		}
	}
	return addEffectAreas(ctx, tx, id, edits)
}

// editRow is the documents of an edit.
type editRow struct{ edit, effect, needs, consents string }

func (r *editRow) set(e *planning.DoneEdit) (err error) {
	effect := e.Effect
	effect.Areas = nil
	for _, part := range []struct {
		text *string
		of   any
	}{{&r.edit, e.Edit}, {&r.effect, effect}, {&r.needs, orEmpty(e.Needs)}, {&r.consents, orEmpty(e.Consent)}} {
		if *part.text, err = letters(part.of); err != nil {
			return err
		}
	}
	return nil
}

// letters is JSON in which documents within stand to the letter.
func letters(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return b.String(), err
}

const addEffectAreasSQL = `
INSERT INTO draft_areas (draft, number, place, layer, code, name, department, parent, attributes, shape, side, reach, class, from_edition, input_hash)
SELECT $1, number, place, layer, code, name, department, parent, nullif(attributes, '')::json, ST_GeomFromEWKB(shape), side, reach, class, from_edition, input_hash
FROM unnest($2::integer[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bytea[], $11::text[],
	$12::float8[], $13::text[], $14::bigint[], $15::bytea[])
	AS given (number, place, layer, code, name, department, parent, attributes, shape, side, reach, class, from_edition, input_hash)`

// effectArea is an area of an effect on its way into the database.
type effectArea struct {
	*geo.Area
	number, place int
	shape         []byte
}

func addEffectAreas(ctx context.Context, tx pgx.Tx, id geo.DraftID, edits []planning.DoneEdit) error {
	var all []effectArea
	for _, e := range edits {
		for i, a := range e.Effect.Areas {
			all = append(all, effectArea{Area: a, number: e.Number, place: i})
		}
	}
	for some := range slices.Chunk(all, areasAtOnce) {
		for i := range some {
			var err error
			if some[i].shape, err = encodeShape(&some[i].Shape); err != nil {
				return err
			}
		}
		text := func(value func(*effectArea) string) []string { return column(some, value) }
		_, err := tx.Exec(ctx, addEffectAreasSQL, id,
			column(some, func(a *effectArea) int { return a.number }), column(some, func(a *effectArea) int { return a.place }),
			text(func(a *effectArea) string { return string(a.Layer) }), text(func(a *effectArea) string { return string(a.Code) }),
			text(func(a *effectArea) string { return a.Name }), text(func(a *effectArea) string { return string(a.Department) }),
			text(func(a *effectArea) string { return string(a.Parent) }), text(func(a *effectArea) string { return string(a.Attributes) }),
			column(some, func(a *effectArea) []byte { return a.shape }), text(func(a *effectArea) string { return string(a.Side) }),
			column(some, func(a *effectArea) float64 { return a.Reach }), text(func(a *effectArea) string { return a.Class }),
			column(some, func(a *effectArea) int64 { return int64(a.From) }), column(some, func(a *effectArea) []byte { return a.InputHash[:] }))
		if err != nil {
			return err
		}
		clear(some) // the encoded shapes are as large as the shapes
	}
	return nil
}

const usedCodesSQL = `
SELECT given.code FROM unnest($3::text[]) AS given (code)
WHERE EXISTS (SELECT FROM areas a WHERE a.layer = $2 AND a.code = given.code)
	OR EXISTS (SELECT FROM draft_areas a JOIN drafts d ON d.id = a.draft WHERE a.layer = $2 AND a.code = given.code AND d.id <> $1 AND d.` + isLive + `)
ORDER BY given.code COLLATE "C"`

// UsedCodes are those of some codes that were ever used in a layer, by any edition, or by a
// draft that may still be published, undone edits included. What the draft but does itself
// does not count; its view tells.
func (s *Store) UsedCodes(ctx context.Context, but geo.DraftID, layer geo.LayerName, codes []geo.AreaCode) ([]geo.AreaCode, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, usedCodesSQL, but, layer, texts(codes))
	if err != nil {
		return nil, fault(err, "looking for codes that were used")
	}
	used, err := pgx.CollectRows(rows, pgx.RowTo[geo.AreaCode])
	return used, fault(err, "looking for codes that were used")
}
