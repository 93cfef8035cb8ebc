-- +goose Up

-- Whose borders a layer's are, whether they are lines of law, and how small and how large
-- its areas are meant to be, in square metres.
ALTER TABLE layers
    ADD COLUMN authority     text NOT NULL DEFAULT '',
    ADD COLUMN lock          text NOT NULL DEFAULT '' CHECK (lock IN ('', 'locked', 'open')), -- '': when it is another layer's parent
    ADD COLUMN smallest_area double precision NOT NULL DEFAULT 0 CHECK (smallest_area >= 0 AND smallest_area < 'Infinity'), -- 0: no bound
    ADD COLUMN largest_area  double precision NOT NULL DEFAULT 0 CHECK (largest_area >= 0 AND largest_area < 'Infinity'),   -- 0: no bound
    ADD CONSTRAINT layers_area_bounds CHECK (largest_area = 0 OR largest_area >= smallest_area);

ALTER TABLE past_layers
    ADD COLUMN authority     text NOT NULL DEFAULT '',
    ADD COLUMN lock          text NOT NULL DEFAULT '',
    ADD COLUMN smallest_area double precision NOT NULL DEFAULT 0,
    ADD COLUMN largest_area  double precision NOT NULL DEFAULT 0;

DROP VIEW layer_versions;
CREATE VIEW layer_versions AS
SELECT name, title, kind, parent, rank, reach, visibility, authority, lock, smallest_area, largest_area, changed AS begun, NULL::uuid AS ended FROM layers
UNION ALL
SELECT name, title, kind, parent, rank, reach, visibility, authority, lock, smallest_area, largest_area, begun, ended FROM past_layers;

-- What the list of editions tells; counted once, since an edition never changes.
ALTER TABLE editions
    ADD COLUMN author      text    NOT NULL DEFAULT '',
    ADD COLUMN document    text    NOT NULL DEFAULT '', -- that says so, where it holds from before it was published
    ADD COLUMN draft       text    NOT NULL DEFAULT '', -- whose publication it is
    ADD COLUMN areas_begun integer NOT NULL DEFAULT 0,
    ADD COLUMN areas_ended integer NOT NULL DEFAULT 0;
UPDATE editions SET areas_begun = n FROM (SELECT from_edition, count(*) AS n FROM areas GROUP BY 1) AS c WHERE number = from_edition;
UPDATE editions SET areas_ended = n FROM (SELECT until_edition, count(*) AS n FROM areas GROUP BY 1) AS c WHERE number = until_edition;

-- A draft is a planner's edits on top of an edition. It is no part of the view and moves no
-- sequence until it is published. Its edits are numbered from 1; those after head are
-- undone, and go when another edit takes their place.
CREATE TABLE drafts (
    id             text        PRIMARY KEY CHECK (id <> ''),
    name           text        NOT NULL,
    base           bigint      NOT NULL REFERENCES editions (number),
    author         text        NOT NULL,
    editors        text[]      NOT NULL,
    created_at     timestamptz NOT NULL,
    changed_at     timestamptz NOT NULL,
    changed_by     text        NOT NULL,
    version        bigint      NOT NULL DEFAULT 1 CHECK (version > 0), -- grows with whatever happens to it
    head           integer     NOT NULL DEFAULT 0,
    edits          integer     NOT NULL DEFAULT 0,
    state          text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'scheduled', 'held', 'published', 'discarded')),
    approvals      jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(approvals) = 'array'),
    publish_at     timestamptz, -- NULL: not by itself
    publish_from   timestamptz, -- from when it will hold; NULL: publish_at
    publish_note   text        NOT NULL DEFAULT '',
    publish_author text        NOT NULL DEFAULT '',
    publish_second text        NOT NULL DEFAULT '',
    held_because   text        NOT NULL DEFAULT '',
    published      bigint      REFERENCES editions (number),
    CONSTRAINT drafts_head CHECK (head BETWEEN 0 AND edits),
    CONSTRAINT drafts_schedule CHECK ((state IN ('scheduled', 'held')) = (publish_at IS NOT NULL)),
    CHECK ((state = 'published') = (published IS NOT NULL))
);
CREATE INDEX drafts_changed ON drafts (state, changed_at);
CREATE INDEX drafts_due ON drafts (publish_at) WHERE state = 'scheduled';

CREATE TABLE draft_edits (
    draft    text        NOT NULL REFERENCES drafts (id),
    number   integer     NOT NULL CHECK (number > 0),
    author   text        NOT NULL,
    at       timestamptz NOT NULL,
    reason   text        NOT NULL,
    edit     json        NOT NULL, -- as it was asked for
    effect   json        NOT NULL, -- what it did, but for the areas
    needs    text[]      NOT NULL, -- areas beyond its author's scope
    consents jsonb       NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(consents) = 'array'),
    PRIMARY KEY (draft, number)
);

-- The areas as they are after an edit, to the letter. Whether they are fit to be published
-- is looked at when they are.
CREATE TABLE draft_areas (
    draft        text     NOT NULL,
    number       integer  NOT NULL,
    place        integer  NOT NULL, -- among those of the edit
    layer        text     NOT NULL,
    code         text     NOT NULL,
    name         text     NOT NULL,
    department   text     NOT NULL,
    parent       text     NOT NULL,
    attributes   json,
    shape        geometry(Geometry, 4326) NOT NULL,
    side         text     NOT NULL,
    reach        double precision NOT NULL,
    class        text     NOT NULL,
    from_edition bigint   NOT NULL,
    input_hash   bytea    NOT NULL CHECK (octet_length(input_hash) = 32),
    PRIMARY KEY (draft, number, place),
    FOREIGN KEY (draft, number) REFERENCES draft_edits (draft, number) ON DELETE CASCADE
);
CREATE INDEX draft_areas_code ON draft_areas (layer, code);

-- Lineage: ground of one area that became ground of another, by edition.
CREATE TABLE lineage (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    edition    bigint NOT NULL REFERENCES editions (number),
    layer      text   NOT NULL,
    from_code  text   NOT NULL, -- '': from nothing
    to_code    text   NOT NULL, -- '': into nothing
    m2         double precision NOT NULL CHECK (m2 >= 0 AND m2 < 'Infinity'),
    share_from double precision NOT NULL CHECK (share_from BETWEEN 0 AND 1),
    share_to   double precision NOT NULL CHECK (share_to BETWEEN 0 AND 1),
    approval   text   NOT NULL DEFAULT '', -- the document that allowed it
    CHECK (from_code <> '' OR to_code <> '')
);
CREATE INDEX lineage_from ON lineage (layer, from_code, edition);
CREATE INDEX lineage_to ON lineage (layer, to_code, edition);
CREATE INDEX lineage_edition ON lineage (edition);
