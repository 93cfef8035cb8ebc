-- +goose Up

-- Why a draft was held is kept so that it can be told in any reader's language.
ALTER TABLE drafts
    ALTER COLUMN held_because DROP DEFAULT,
    ALTER COLUMN held_because TYPE json USING to_json(held_because),
    ALTER COLUMN held_because SET DEFAULT '""';
