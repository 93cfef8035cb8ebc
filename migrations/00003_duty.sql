-- +goose Up

-- The tables duty is decided by. Their rows are versions like areas: begun and ended by a
-- change, and in force from one edition until another. What the cells may hold beyond
-- these few words is for geo/duty to say, which refuses with line and column.

CREATE TABLE duty_rows (
    version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never reused
    id            text   NOT NULL CHECK (id <> ''),
    priority      bigint NOT NULL DEFAULT 0, -- smaller goes first
    standard      text   NOT NULL DEFAULT '',
    kind          text   NOT NULL DEFAULT '' CHECK (kind IN ('', 'component', 'matter')),
    category      text   NOT NULL DEFAULT '',
    condition     text   NOT NULL DEFAULT '',
    layer         text   NOT NULL DEFAULT '', -- a layer or a kind of group
    area          text   NOT NULL DEFAULT '',
    answers       text   NOT NULL DEFAULT '', -- the column where
    asset         text   NOT NULL DEFAULT '' CHECK (asset IN ('', 'must', 'no')),
    asset_where   text   NOT NULL DEFAULT '',
    valid_from    date,
    valid_until   date,   -- included
    hours         text   NOT NULL DEFAULT '',
    assign        text   NOT NULL CHECK (assign <> ''),
    helpers       text[] NOT NULL DEFAULT '{}',
    deadline      double precision NOT NULL DEFAULT 0 CHECK (deadline >= 0 AND deadline < 'Infinity'), -- 0: the filing standard's
    deadline_unit text   NOT NULL DEFAULT '' CHECK (deadline_unit IN ('', 'urgent_hour', 'work_hour', 'work_day', 'natural_day')),
    basis         text   NOT NULL DEFAULT '',
    note          text   NOT NULL DEFAULT '',
    from_edition  bigint NOT NULL REFERENCES editions (number),
    until_edition bigint REFERENCES editions (number), -- the first it no longer holds in
    begun         uuid   NOT NULL,
    ended         uuid,
    CHECK (valid_until >= valid_from),
    CHECK (deadline = 0 OR deadline_unit <> ''),
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX duty_rows_one_open ON duty_rows (id) WHERE ended IS NULL;
CREATE INDEX duty_rows_begun ON duty_rows (begun);
CREATE INDEX duty_rows_ended ON duty_rows (ended) WHERE ended IS NOT NULL;
CREATE INDEX duty_rows_asset_where ON duty_rows (asset_where, begun) WHERE asset_where <> '';

CREATE TABLE filing_standards (
    version         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    standard        text   NOT NULL CHECK (standard <> ''),
    kind            text   NOT NULL CHECK (kind IN ('component', 'matter')),
    code            text   NOT NULL CHECK (code <> ''),
    condition       text   NOT NULL DEFAULT '',
    condition_text  text   NOT NULL DEFAULT '',
    class           text   NOT NULL DEFAULT '', -- of the place
    time_limit      double precision NOT NULL CHECK (time_limit >= 0 AND time_limit < 'Infinity'),
    unit            text   NOT NULL CHECK (unit IN ('', 'urgent_hour', 'work_hour', 'work_day', 'natural_day')),
    close_condition text   NOT NULL DEFAULT '',
    basis           text   NOT NULL DEFAULT '',
    valid_from      date,
    valid_until     date,
    from_edition    bigint NOT NULL REFERENCES editions (number),
    until_edition   bigint REFERENCES editions (number),
    begun           uuid   NOT NULL,
    ended           uuid,
    CHECK (valid_until >= valid_from),
    CHECK (time_limit = 0 OR unit <> ''),
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX filing_standards_one_open ON filing_standards (standard, kind, code, condition, class, coalesce(valid_from, '-infinity')) WHERE ended IS NULL;
CREATE INDEX filing_standards_begun ON filing_standards (begun);
CREATE INDEX filing_standards_ended ON filing_standards (ended) WHERE ended IS NOT NULL;

CREATE TABLE calendar_rows (
    version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text   NOT NULL CHECK (kind IN ('season', 'holiday', 'workday')),
    from_day      date   NOT NULL,
    until_day     date   NOT NULL, -- included
    hours         text   NOT NULL DEFAULT '', -- of a season
    note          text   NOT NULL DEFAULT '',
    from_edition  bigint NOT NULL REFERENCES editions (number),
    until_edition bigint REFERENCES editions (number),
    begun         uuid   NOT NULL,
    ended         uuid,
    CHECK (until_day >= from_day),
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX calendar_rows_one_open ON calendar_rows (from_day, until_day, kind) WHERE ended IS NULL;
CREATE INDEX calendar_rows_begun ON calendar_rows (begun);
CREATE INDEX calendar_rows_ended ON calendar_rows (ended) WHERE ended IS NOT NULL;

-- A group is one row with its members: it changes as a whole, and is never a shape.
CREATE TABLE groups (
    version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind          text   NOT NULL CHECK (kind <> ''),
    code          text   NOT NULL CHECK (code <> ''),
    name          text   NOT NULL DEFAULT '',
    layer         text   NOT NULL REFERENCES layers (name), -- the members'
    members       text[] NOT NULL CHECK (array_position(members, NULL) IS NULL),
    from_edition  bigint NOT NULL REFERENCES editions (number),
    until_edition bigint REFERENCES editions (number),
    begun         uuid   NOT NULL,
    ended         uuid,
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX groups_one_open ON groups (kind, code) WHERE ended IS NULL;
CREATE INDEX groups_begun ON groups (begun);
CREATE INDEX groups_ended ON groups (ended) WHERE ended IS NOT NULL;

CREATE TABLE crosswalk (
    version       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    from_standard text   NOT NULL CHECK (from_standard <> ''),
    from_kind     text   NOT NULL CHECK (from_kind IN ('component', 'matter')),
    from_code     text   NOT NULL CHECK (from_code <> ''),
    to_standard   text   NOT NULL CHECK (to_standard <> ''),
    to_kind       text   NOT NULL CHECK (to_kind IN ('component', 'matter')),
    to_code       text   NOT NULL CHECK (to_code <> ''),
    from_edition  bigint NOT NULL REFERENCES editions (number),
    until_edition bigint REFERENCES editions (number),
    begun         uuid   NOT NULL,
    ended         uuid,
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL))
);
CREATE UNIQUE INDEX crosswalk_one_open ON crosswalk (from_standard, from_kind, from_code) WHERE ended IS NULL;
CREATE INDEX crosswalk_begun ON crosswalk (begun);
CREATE INDEX crosswalk_ended ON crosswalk (ended) WHERE ended IS NOT NULL;

-- Rulings (裁定) hold from the change that begins them: no edition waits for them.
CREATE TABLE rulings (
    id             text PRIMARY KEY CHECK (id <> ''),
    report         text NOT NULL,
    department     text NOT NULL CHECK (department <> ''),
    basis          text NOT NULL DEFAULT '',
    standard       text NOT NULL DEFAULT '', -- of the kind of thing disputed; all three '': any
    kind           text NOT NULL DEFAULT '' CHECK (kind IN ('', 'component', 'matter')),
    code           text NOT NULL DEFAULT '',
    asset          text, -- NULL: not for one asset
    asset_standard text,
    ground         geometry(MultiPolygon, 4326), -- NULL: not for a patch of ground
    valid_until    date, -- the last day
    begun          uuid NOT NULL,
    ended          uuid,
    CHECK (asset <> ''),
    CHECK ((asset IS NULL) = (asset_standard IS NULL)),
    CONSTRAINT rulings_ground_valid CHECK (NOT ST_IsEmpty(ground) AND ST_IsValid(ground)),
    CONSTRAINT rulings_ground_range CHECK (ST_XMin(ground) >= -180 AND ST_XMax(ground) <= 180 AND ST_YMin(ground) >= -90 AND ST_YMax(ground) <= 90)
);
CREATE INDEX rulings_begun ON rulings (begun);
CREATE INDEX rulings_ended ON rulings (ended) WHERE ended IS NOT NULL;

-- What a layer was before it was changed. The present one stays in layers, to which areas
-- refer.
CREATE TABLE past_layers (
    name       text NOT NULL REFERENCES layers (name),
    title      text NOT NULL,
    kind       text NOT NULL,
    parent     text,
    rank       integer NOT NULL,
    reach      double precision,
    visibility text NOT NULL,
    begun      uuid NOT NULL,
    ended      uuid NOT NULL
);
CREATE INDEX past_layers_ended ON past_layers (ended);

CREATE VIEW layer_versions AS
SELECT name, title, kind, parent, rank, reach, visibility, changed AS begun, NULL::uuid AS ended FROM layers
UNION ALL
SELECT name, title, kind, parent, rank, reach, visibility, begun, ended FROM past_layers;

-- Of layers that were changed before today nothing else is known: they are taken to have
-- been as they are since their first area.
INSERT INTO past_layers
SELECT l.name, l.title, l.kind, l.parent, l.rank, l.reach, l.visibility, first.change, l.changed
FROM layers l
JOIN changes now ON now.id = l.changed
JOIN LATERAL (
    SELECT c.id AS change, c.sequence FROM areas a JOIN changes c ON c.id = a.begun
    WHERE a.layer = l.name ORDER BY c.sequence LIMIT 1
) AS first ON first.sequence < now.sequence;

-- Which past state a moment means is asked by the time of changes.
CREATE INDEX changes_at ON changes (at);
