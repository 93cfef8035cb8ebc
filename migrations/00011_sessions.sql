-- +goose Up

-- Who is let in for a key without showing it: browsers. Their secrets are not here.
CREATE TABLE sessions (
    id         text        PRIMARY KEY CHECK (id <> ''),
    key        text        NOT NULL REFERENCES keys (id),
    hash       bytea       NOT NULL CHECK (octet_length(hash) = 32),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_expire ON sessions (expires_at);
