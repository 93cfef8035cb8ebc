-- +goose Up

-- Conventions. Text that may be absent is '' and not NULL, as in the program. A version is
-- a row that is never changed except to end it: `begun` and `ended` are the ids of the
-- changes that did so, and the open rows (ended IS NULL) are the present state.
--
-- begun and ended are no foreign keys: a change's row is written last, when the counter's
-- lock is already held, and checking millions of rows there would hold up every other
-- writer. For the same reason codes that name other versions (parent, department,
-- successor) are checked by the one statement or publication that writes them.

CREATE EXTENSION IF NOT EXISTS postgis;

-- The one counter row. Updating it is the second last thing a writing transaction does;
-- its lock is held until commit, so numbers are given in commit order and without gaps.
CREATE TABLE state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    history  uuid    NOT NULL DEFAULT gen_random_uuid(),
    sequence bigint  NOT NULL DEFAULT 0 CHECK (sequence >= 0)
);
INSERT INTO state DEFAULT VALUES;

-- One row for each visible change, the last thing its transaction writes.
CREATE TABLE changes (
    sequence bigint      PRIMARY KEY CHECK (sequence > 0),
    id       uuid        NOT NULL UNIQUE,
    at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind     text        NOT NULL CHECK (kind <> ''),
    note     text        NOT NULL DEFAULT ''
);

CREATE TABLE editions (
    number         bigint      PRIMARY KEY CHECK (number > 0),
    published_at   timestamptz NOT NULL,
    effective_from timestamptz NOT NULL,
    note           text        NOT NULL DEFAULT '',
    change         uuid        NOT NULL UNIQUE REFERENCES changes (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE layers (
    name       text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$' AND name <> 'assets'),
    title      text NOT NULL DEFAULT '',
    kind       text NOT NULL CHECK (kind IN ('coverage', 'overlay', 'line')),
    parent     text REFERENCES layers (name) DEFERRABLE INITIALLY DEFERRED CHECK (parent <> name),
    rank       integer NOT NULL DEFAULT 0,
    reach      double precision CHECK (reach > 0 AND reach < 'Infinity'),
    visibility text NOT NULL DEFAULT 'internal' CHECK (visibility IN ('public', 'internal', 'restricted')),
    changed    uuid NOT NULL, -- by the change that wrote it last
    UNIQUE (name, kind),
    CHECK (kind = 'coverage' OR parent IS NULL),
    CHECK (kind = 'line' OR reach IS NULL)
);

CREATE TABLE areas (
    id            bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never reused
    layer         text    NOT NULL,
    kind          text    NOT NULL, -- the layer's, so that shapes can be checked here
    code          text    NOT NULL CHECK (code <> ''),
    name          text    NOT NULL DEFAULT '',
    department    text    NOT NULL DEFAULT '',
    parent        text    NOT NULL DEFAULT '',
    attributes    jsonb   CHECK (jsonb_typeof(attributes) = 'object'),
    shape         geometry(Geometry, 4326) NOT NULL,
    side          text    CHECK (side IN ('left', 'right', 'both')),
    reach         double precision CHECK (reach > 0 AND reach < 'Infinity'),
    class         text    NOT NULL DEFAULT '',
    from_edition  bigint  NOT NULL REFERENCES editions (number),
    until_edition bigint  REFERENCES editions (number), -- the first it no longer holds in
    input_hash    bytea   NOT NULL CHECK (octet_length(input_hash) = 32),
    begun         uuid    NOT NULL,
    ended         uuid,
    FOREIGN KEY (layer, kind) REFERENCES layers (name, kind),
    UNIQUE (layer, code, from_edition),
    CHECK (until_edition > from_edition),
    CHECK ((until_edition IS NULL) = (ended IS NULL)),
    CHECK (kind = 'line' OR side IS NULL AND reach IS NULL),
    CONSTRAINT areas_shape_type CHECK (geometrytype(shape) = CASE kind WHEN 'line' THEN 'MULTILINESTRING' ELSE 'MULTIPOLYGON' END),
    CONSTRAINT areas_shape_valid CHECK (NOT ST_IsEmpty(shape) AND ST_IsValid(shape)),
    CONSTRAINT areas_shape_range CHECK (ST_XMin(shape) >= -180 AND ST_XMax(shape) <= 180 AND ST_YMin(shape) >= -90 AND ST_YMax(shape) <= 90)
);
CREATE UNIQUE INDEX areas_one_open ON areas (layer, code) WHERE ended IS NULL;
CREATE INDEX areas_begun ON areas (begun);
CREATE INDEX areas_ended ON areas (ended) WHERE ended IS NOT NULL;
CREATE INDEX areas_shape ON areas USING gist (shape) WHERE ended IS NULL;

CREATE TABLE assets (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never reused
    standard   text   NOT NULL,
    id         text   NOT NULL CHECK (id <> ''),
    kind       text   NOT NULL CHECK (kind IN ('component', 'matter')),
    category   text   NOT NULL,
    name       text   NOT NULL DEFAULT '',
    state      text   NOT NULL DEFAULT '',
    authority  text   NOT NULL DEFAULT '',
    owner      text   NOT NULL DEFAULT '',
    maintainer text   NOT NULL DEFAULT '',
    attributes jsonb  CHECK (jsonb_typeof(attributes) = 'object'),
    point      geometry(Point, 4326) NOT NULL CHECK (ST_X(point) BETWEEN -180 AND 180 AND ST_Y(point) BETWEEN -90 AND 90),
    shape      geometry(Geometry, 4326), -- NULL: no more than the point
    content    bytea  NOT NULL CHECK (octet_length(content) = 32), -- hash of everything above
    begun      uuid   NOT NULL,
    ended      uuid,
    CONSTRAINT assets_shape_type CHECK (geometrytype(shape) IN ('MULTILINESTRING', 'MULTIPOLYGON')),
    CONSTRAINT assets_shape_valid CHECK (NOT ST_IsEmpty(shape) AND ST_IsValid(shape)),
    CONSTRAINT assets_shape_range CHECK (ST_XMin(shape) >= -180 AND ST_XMax(shape) <= 180 AND ST_YMin(shape) >= -90 AND ST_YMax(shape) <= 90)
);
CREATE UNIQUE INDEX assets_one_open ON assets (standard, id) WHERE ended IS NULL;
CREATE INDEX assets_begun ON assets (begun);
CREATE INDEX assets_ended ON assets (ended) WHERE ended IS NOT NULL;

CREATE TABLE departments (
    version     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text   NOT NULL CHECK (code <> ''),
    name        text   NOT NULL CHECK (name <> ''),
    parent      text   NOT NULL DEFAULT '' CHECK (parent <> code),
    kind        text   NOT NULL DEFAULT '',
    aliases     text[] NOT NULL DEFAULT '{}',
    successor   text   NOT NULL DEFAULT '' CHECK (successor <> code),
    valid_until date,
    begun       uuid   NOT NULL,
    ended       uuid
);
CREATE UNIQUE INDEX departments_one_open ON departments (code) WHERE ended IS NULL;
CREATE INDEX departments_children ON departments (parent) WHERE ended IS NULL;
CREATE INDEX departments_begun ON departments (begun);

-- Departments form trees of at most three levels, with every parent there; looked at when
-- the transaction ends, so that rows may come in any order.
-- +goose StatementBegin
CREATE FUNCTION check_department_tree() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    above integer;
    below integer;
    top   text;
BEGIN
    WITH RECURSIVE up (code, parent, depth) AS (
        SELECT code, parent, 1 FROM departments WHERE code = NEW.code AND ended IS NULL
        UNION ALL
        SELECT d.code, d.parent, up.depth + 1
        FROM up JOIN departments d ON d.code = up.parent AND d.ended IS NULL WHERE up.depth <= 3
    )
    SELECT depth, parent INTO above, top FROM up ORDER BY depth DESC LIMIT 1;
    WITH RECURSIVE down (code, depth) AS (
        SELECT NEW.code, 0
        UNION ALL
        SELECT d.code, down.depth + 1
        FROM down JOIN departments d ON d.parent = down.code AND d.ended IS NULL WHERE down.depth <= 3
    )
    SELECT max(depth) INTO below FROM down;
    IF top <> '' AND above <= 3 OR above IS NULL AND below > 0 THEN
        RAISE EXCEPTION 'department % has a parent that is not there', NEW.code USING ERRCODE = 'check_violation', CONSTRAINT = 'departments_parent';
    END IF;
    IF above + below > 3 THEN
        RAISE EXCEPTION 'department % is more than three levels deep', NEW.code USING ERRCODE = 'check_violation', CONSTRAINT = 'departments_levels';
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER departments_tree AFTER INSERT OR UPDATE ON departments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_department_tree();

CREATE TABLE categories (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    standard   text NOT NULL CHECK (standard <> ''),
    kind       text NOT NULL CHECK (kind IN ('component', 'matter')),
    code       text NOT NULL CHECK (code <> ''),
    name       text NOT NULL CHECK (name <> ''),
    name_en    text NOT NULL DEFAULT '',
    parent     text NOT NULL DEFAULT '' CHECK (parent <> code), -- the class (大类); '' for a class
    family     text NOT NULL DEFAULT '', -- joins kinds citizens cannot tell apart
    source     text NOT NULL DEFAULT '',
    confidence text NOT NULL DEFAULT '',
    visibility text NOT NULL DEFAULT 'internal' CHECK (visibility IN ('public', 'internal', 'restricted')),
    begun      uuid NOT NULL,
    ended      uuid
);
CREATE UNIQUE INDEX categories_one_open ON categories (standard, kind, code) WHERE ended IS NULL;
CREATE INDEX categories_begun ON categories (begun);

-- Keys are no part of the view and move no sequence. The secret itself is never here.
CREATE TABLE keys (
    id         text        PRIMARY KEY CHECK (id <> ''),
    name       text        NOT NULL,
    hash       bytea       NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    roles      text[]      NOT NULL DEFAULT '{}',
    scope      text[]      NOT NULL DEFAULT '{}', -- area codes; empty: everywhere
    created_at timestamptz NOT NULL,
    expires_at timestamptz CHECK (expires_at > created_at),
    revoked_at timestamptz
);
