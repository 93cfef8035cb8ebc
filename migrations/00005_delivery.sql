-- +goose Up

-- Webhooks are told of assignments. The secret signs what is sent, so it is kept as it is.
-- One that was ended keeps its row, which jobs and dead letters name. The jobs themselves
-- are in the tables of the queue, which has migrations of its own.
CREATE TABLE webhooks (
    id         text        PRIMARY KEY CHECK (id <> ''),
    url        text        NOT NULL CHECK (url <> ''),
    secret     text        NOT NULL CHECK (secret LIKE 'whsec\__%'),
    created_at timestamptz NOT NULL DEFAULT now(),
    after      bigint      NOT NULL, -- it is told what comes after this place in the feed
    ended_at   timestamptz
);
CREATE UNIQUE INDEX webhooks_one_open ON webhooks (url) WHERE ended_at IS NULL;
