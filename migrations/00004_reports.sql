-- +goose Up

-- Reports are no part of the view and move no sequence. What others read of them in order
-- is numbered by a counter of its own, in the same way: the last statement of a
-- transaction takes the numbers and writes the rows that carry them, and the lock is held
-- from there until commit. Numbers stand in commit order without gaps.
CREATE TABLE feed (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    head     bigint  NOT NULL DEFAULT 0 CHECK (head >= 0)
);
INSERT INTO feed DEFAULT VALUES;

-- A report as it is now. Nothing here tells who called.
CREATE TABLE reports (
    id          text COLLATE "C" PRIMARY KEY CHECK (id <> ''), -- ordered by time
    source      text        NOT NULL,
    external_id text        NOT NULL, -- its id there; '' when it has none
    point       geometry(Point, 4326) CHECK (ST_X(point) BETWEEN -180 AND 180 AND ST_Y(point) BETWEEN -90 AND 90),
    address     text        NOT NULL,
    standard    text        NOT NULL,
    kind        text        NOT NULL CHECK (kind IN ('', 'component', 'matter')),
    category    text        NOT NULL,
    family      text        NOT NULL,
    condition   text        NOT NULL,
    asset       text        NOT NULL,
    accuracy    double precision NOT NULL CHECK (accuracy >= 0 AND accuracy < 'Infinity'),
    answers     jsonb       CHECK (jsonb_typeof(answers) = 'object'),
    level       integer     NOT NULL,
    whistle     jsonb       CHECK (jsonb_typeof(whistle) = 'array'),
    description text        NOT NULL, -- may be blanked; no other table repeats it
    reported_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    backfilled  boolean     NOT NULL,
    state       text        NOT NULL, -- what the events make of it
    round       integer     NOT NULL CHECK (round >= 0), -- the present one; 0: never routed
    lead        text        NOT NULL  -- of the present round; '': nobody
);
CREATE UNIQUE INDEX reports_external ON reports (source, external_id) WHERE external_id <> '';
CREATE INDEX reports_reported ON reports (reported_at);
CREATE INDEX reports_open ON reports (state, lead) WHERE state NOT IN ('closed', 'rejected', 'void', 'merged', 'handled_on_spot');

-- Every assignment ever made, never changed. report is no foreign key: the rows are written
-- when the counter's lock is held, and checking millions would hold up every other writer.
CREATE TABLE assignments (
    feed        bigint      PRIMARY KEY,
    report      text COLLATE "C" NOT NULL,
    source      text        NOT NULL, -- the report's
    external_id text        NOT NULL,
    round       integer     NOT NULL CHECK (round > 0),
    role        text        NOT NULL CHECK (role IN ('lead', 'helper', 'verifier')),
    department  text        NOT NULL,
    duty_group  text        NOT NULL,
    due_at      timestamptz,
    rule        text        NOT NULL,
    duty_row    text        NOT NULL,
    edition     bigint      NOT NULL,
    at          timestamptz NOT NULL,
    reason      text        NOT NULL,
    decision    json, -- as it was told, to the letter
    backfilled  boolean     NOT NULL
);
CREATE INDEX assignments_report ON assignments (report);
CREATE INDEX assignments_live ON assignments (feed) WHERE NOT backfilled;

-- What the city's case system told. An event of a report that is not here yet waits.
CREATE TABLE report_events (
    report      text COLLATE "C" NOT NULL REFERENCES reports (id),
    sender_id   text        NOT NULL CHECK (sender_id <> ''),
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    author      text        NOT NULL,
    note        text        NOT NULL,
    department  text        NOT NULL,
    until       timestamptz,
    into_report text        NOT NULL,
    PRIMARY KEY (report, sender_id)
);
CREATE TABLE waiting_events (
    source      text        NOT NULL,
    external_id text        NOT NULL CHECK (external_id <> ''),
    sender_id   text        NOT NULL CHECK (sender_id <> ''),
    kind        text        NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    author      text        NOT NULL,
    note        text        NOT NULL,
    department  text        NOT NULL,
    until       timestamptz,
    into_report text        NOT NULL,
    PRIMARY KEY (source, external_id, sender_id)
);
CREATE INDEX waiting_events_received ON waiting_events (received_at);

CREATE TABLE returns (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    feed       bigint      NOT NULL, -- of what was last done to it
    report     text COLLATE "C" NOT NULL REFERENCES reports (id),
    round      integer     NOT NULL CHECK (round > 0),
    department text        NOT NULL CHECK (department <> ''),
    reason     text        NOT NULL CHECK (reason <> ''),
    at         timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('asked', 'accepted', 'refused', 'ruled')),
    decided_at timestamptz,
    decided_by text        NOT NULL,
    note       text        NOT NULL,
    duty_row   text        NOT NULL,
    area       text        NOT NULL,
    neighbour  text        NOT NULL,
    CHECK ((state = 'asked') = (decided_at IS NULL))
);
CREATE INDEX returns_report ON returns (report);
CREATE UNIQUE INDEX returns_one_asked ON returns (report, department) WHERE state = 'asked';
CREATE INDEX returns_at ON returns (at);

-- Who is on duty where. begun and ended are feed numbers; the open rows are the present.
CREATE TABLE posts (
    layer       text   NOT NULL CHECK (layer <> ''),
    code        text   NOT NULL CHECK (code <> ''),
    role        text   NOT NULL,
    person      text   NOT NULL,
    phone       text   NOT NULL,
    shift       text   NOT NULL,
    valid_from  date,
    valid_until date,
    begun       bigint NOT NULL,
    ended       bigint
);
CREATE INDEX posts_open ON posts (layer, code) WHERE ended IS NULL;

-- What retries are known by, for seven days.
CREATE TABLE idempotency (
    holder text        NOT NULL,
    key    text        NOT NULL CHECK (key <> ''),
    body   bytea       NOT NULL CHECK (octet_length(body) = 32),
    report text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (holder, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE INDEX rulings_report ON rulings (report);
