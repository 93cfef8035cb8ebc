package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"gridwarden/geo"
)

// mostDrafts is how many drafts are listed.
const mostDrafts = 1000

// draftColumns are in the order of scanDraft.
const draftColumns = `id, name, base, author, editors, created_at, changed_at, version, head, edits, state, approvals,
	publish_at, publish_from, publish_note, publish_author, publish_second, held_because, coalesce(published, 0)`

const createDraftSQL = `
INSERT INTO drafts (id, name, base, author, editors, created_at, changed_at, changed_by)
SELECT $1, $2, $3, $4, $5, at, at, $6 FROM date_trunc('microseconds', clock_timestamp()) AS at
RETURNING ` + draftColumns

// CreateDraft keeps a new draft without edits, of which ID, Name, Base, Author and Editors
// are given. A base that is not there is NotFound, an id that is taken a Conflict.
func (s *Store) CreateDraft(ctx context.Context, d geo.Draft) (geo.Draft, error) {
	var made geo.Draft
	err := s.write(ctx, "making a draft", false, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, createDraftSQL, d.ID, d.Name, d.Base, d.Author, texts(d.Editors), geo.ActorOf(ctx).Name)
		if err != nil {
			return err
		}
		if made, err = pgx.CollectExactlyOneRow(rows, scanDraft); err != nil {
			return err
		}
		return did(ctx, tx, "create draft", string(d.ID), nil, draftDeed(&made))
	})
	switch {
	case violates(err, "drafts_base_fkey"):
		return made, geo.Errorf(geo.NotFound, "there is no edition %d to base a draft on: take the newest", d.Base)
	case violates(err, "drafts_pkey"):
		return made, geo.Errorf(geo.Conflict, "there is a draft %s already", d.ID)
	}
	return made, err
}

// oneDraft runs a statement that gives one draft, or [pgx.ErrNoRows].
func (s *Store) oneDraft(ctx context.Context, doing, sql string, args ...any) (geo.Draft, error) {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return geo.Draft{}, fault(err, doing)
	}
	d, err := pgx.CollectExactlyOneRow(rows, scanDraft)
	return d, fault(err, doing)
}

const draftSQL = `SELECT ` + draftColumns + ` FROM drafts WHERE id = $1`

// Draft is one draft, also one that is published or discarded; NotFound when there is none.
func (s *Store) Draft(ctx context.Context, id geo.DraftID) (geo.Draft, error) {
	d, err := s.oneDraft(ctx, "reading a draft", draftSQL, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, noDraft(id)
	}
	return d, err
}

func noDraft(id geo.DraftID) error {
	return geo.Errorf(geo.NotFound, "there is no draft %s", id)
}

const draftsSQL = `
SELECT ` + draftColumns + ` FROM drafts WHERE state = ANY($1) ORDER BY changed_at DESC, id LIMIT $2`

// Drafts are those in certain states, or where none is named those that may still be
// published; the newest change first, at most a thousand.
func (s *Store) Drafts(ctx context.Context, states ...geo.DraftState) ([]geo.Draft, error) {
	if len(states) == 0 {
		states = liveDrafts()
	}
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	rows, err := s.pool.Query(ctx, draftsSQL, texts(states), mostDrafts)
	if err != nil {
		return nil, fault(err, "listing the drafts")
	}
	drafts, err := pgx.CollectRows(rows, scanDraft)
	return drafts, fault(err, "listing the drafts")
}

// liveDrafts are the states of drafts that may still be published.
func liveDrafts() []geo.DraftState {
	return []geo.DraftState{geo.DraftOpen, geo.DraftScheduled, geo.DraftHeld}
}

// isLive is liveDrafts as a condition.
const isLive = "state IN ('open', 'scheduled', 'held')"

// putDraftSQL leaves base and edits as they are where none are given.
const putDraftSQL = `
UPDATE drafts SET version = version + 1, changed_at = clock_timestamp(), changed_by = $3,
	name = $4, editors = $5, head = $6, state = $7, approvals = $8, publish_at = $9, publish_from = $10,
	publish_note = $11, publish_author = $12, publish_second = $13, held_because = $14,
	base = coalesce($15, base), edits = coalesce($16, edits)
WHERE id = $1 AND version = $2 AND ` + isLive + `
RETURNING ` + draftColumns

// PutDraft writes what may change of a draft while its edits stay: Name, Editors, Head,
// State, Approvals and Schedule. d.Version is the one it was made of; when the draft is at
// another, or published or discarded, it is a Conflict and stays as it was.
func (s *Store) PutDraft(ctx context.Context, d geo.Draft) (put geo.Draft, err error) {
	err = s.write(ctx, "changing a draft", false, func(tx pgx.Tx) error {
		was, err := holdDraft(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if put, err = putDraft(ctx, tx, d, nil, nil); err != nil {
			return err
		}
		return did(ctx, tx, "change draft", string(d.ID), draftDeed(&was), draftDeed(&put))
	})
	return put, err
}

// holdDraft is a draft that nobody else changes before commit; NotFound when there is none.
func holdDraft(ctx context.Context, tx pgx.Tx, id geo.DraftID) (geo.Draft, error) {
	drafts, err := collect(ctx, tx, draftSQL+" FOR NO KEY UPDATE", []any{id}, scanDraft)
	if err == nil && len(drafts) == 0 {
		err = noDraft(id)
	}
	if err != nil {
		return geo.Draft{}, err
	}
	return drafts[0], nil
}

// draftDeed is a draft as the audit log tells it.
func draftDeed(d *geo.Draft) map[string]any {
	told := map[string]any{"name": d.Name, "base": d.Base, "version": d.Version, "head": d.Head, "edits": d.Edits, "state": d.State}
	if len(d.Editors) > 0 {
		told["editors"] = d.Editors
	}
	for _, a := range d.Approvals {
		told["approval "+string(a.Layer)] = a.Document
	}
	if d.Schedule != nil {
		told["publish_at"] = d.Schedule.At
	}
	return told
}

func putDraft(ctx context.Context, tx pgx.Tx, d geo.Draft, base *geo.Edition, edits *int) (geo.Draft, error) {
	approvals, err := json.Marshal(orEmpty(d.Approvals))
	if err != nil {
		return geo.Draft{}, err
	}
	var plan geo.Schedule
	if d.Schedule != nil {
		plan = *d.Schedule
	}
	put, err := stepDraft(ctx, tx, putDraftSQL, d.ID, d.Version,
		d.Name, texts(d.Editors), d.Head, d.State, approvals, timeOrNull(plan.At), timeOrNull(plan.EffectiveFrom),
		plan.Note, plan.Author, plan.Second, plan.Told, base, edits)
	switch {
	case violates(err, "drafts_head"):
		return put, geo.Errorf(geo.Invalid, "the draft has not so many edits that %d could be in force", d.Head)
	case violates(err, "drafts_schedule"):
		return put, geo.Errorf(geo.Invalid, "a draft has a time to be published when it is scheduled or held, and otherwise none")
	}
	return put, err
}

// stepDraft runs a statement that takes a draft from one version to the next. Its first
// values are the id, the version and who does it.
func stepDraft(ctx context.Context, tx pgx.Tx, sql string, id geo.DraftID, version int64, values ...any) (geo.Draft, error) {
	rows, err := tx.Query(ctx, sql, append([]any{id, version, geo.ActorOf(ctx).Name}, values...)...)
	if err != nil {
		return geo.Draft{}, err
	}
	d, err := pgx.CollectExactlyOneRow(rows, scanDraft)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, draftConflict(ctx, tx, id, version)
	}
	return d, err
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

const whyNotSQL = `SELECT version, state, changed_by, changed_at, coalesce(published, 0) FROM drafts WHERE id = $1`

// draftConflict is why a change or a publication made of a version does not fit the draft.
func draftConflict(ctx context.Context, tx pgx.Tx, id geo.DraftID, version int64) error {
	var d geo.Draft
	var by string
	err := tx.QueryRow(ctx, whyNotSQL, id).Scan(&d.Version, &d.State, &by, &d.ChangedAt, &d.Published)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return noDraft(id)
	case err != nil:
		return err
	case d.State == geo.DraftPublished:
		return geo.Errorf(geo.Conflict, "the draft was published as edition %d and changes no more: make a new one", d.Published)
	case d.State == geo.DraftDiscarded:
		return geo.Errorf(geo.Conflict, "the draft was discarded%s and changes no more: make a new one", byWhom(by))
	}
	return geo.Errorf(geo.Conflict, "the draft was changed meanwhile%s, at %s: it is at version %d, this was made of version %d; read it again",
		byWhom(by), d.ChangedAt.UTC().Format(time.RFC3339), d.Version, version)
}

func byWhom(name string) geo.Said {
	if name == "" {
		return geo.Said{}
	}
	return geo.Say(" by %s", name)
}

func scanDraft(row pgx.CollectableRow) (d geo.Draft, err error) {
	var approvals []byte
	var at, from *time.Time
	var plan geo.Schedule
	err = row.Scan(&d.ID, &d.Name, &d.Base, &d.Author, (*list[string])(&d.Editors), &d.CreatedAt, &d.ChangedAt, &d.Version, &d.Head, &d.Edits, &d.State, &approvals,
		&at, &from, &plan.Note, &plan.Author, &plan.Second, &plan.Told, &d.Published)
	if err != nil {
		return d, err
	}
	d.CreatedAt, d.ChangedAt = d.CreatedAt.UTC(), d.ChangedAt.UTC()
	if at != nil {
		plan.At, plan.EffectiveFrom = at.UTC(), orZero(from)
		d.Schedule = &plan
	}
	if err := json.Unmarshal(approvals, &d.Approvals); err != nil {
		return d, err
	}
	if len(d.Approvals) == 0 {
		d.Approvals = nil
	}
	return d, nil
}
