-- +goose Up

-- Who did what: one row for each write and each bulk export, chained by hashes. The table
-- only grows. A row is written as the last thing of the transaction that did it; from then
-- until commit the head's row is locked, so rows are numbered in the order of commits,
-- without gaps. What a person wrote or is called is never repeated here.
CREATE TABLE audit_log (
    number   bigint      PRIMARY KEY CHECK (number > 0),
    at       timestamptz NOT NULL,
    actor    text        NOT NULL, -- the name of the key, or of the user of the machine
    key      text        NOT NULL, -- the id of the key; '' for commands, and where keys are off
    origin   text        NOT NULL, -- the address, or the command
    action   text        NOT NULL CHECK (action <> ''),
    subject  text        NOT NULL,
    before   json, -- as they were written, to the letter
    after    json,
    previous bytea       NOT NULL CHECK (octet_length(previous) = 32), -- the hash of the row before, zeros before the first
    hash     bytea       NOT NULL CHECK (octet_length(hash) = 32)
);

-- The newest row, so that rows cut off at the end are missed.
CREATE TABLE audit_head (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    number   bigint  NOT NULL DEFAULT 0,
    previous bytea   NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
    hash     bytea   NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 50);
INSERT INTO audit_head DEFAULT VALUES;

-- The hash of a row is the SHA-256 of the previous hash followed by each value as its
-- length in bytes, a colon, the value in UTF-8 and a comma; a value that is NULL is empty.
-- It is one statement and one expression, for each report that is stored waits for it.
-- +goose StatementBegin
CREATE FUNCTION chain_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    at   text;
    rest text;
BEGIN
    NEW.at := clock_timestamp();
    at := to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
    rest := concat(
        length(at), ':', at, ',', octet_length(NEW.actor), ':', NEW.actor, ',', octet_length(NEW.key), ':', NEW.key, ',',
        octet_length(NEW.origin), ':', NEW.origin, ',', octet_length(NEW.action), ':', NEW.action, ',',
        octet_length(NEW.subject), ':', NEW.subject, ',',
        coalesce(octet_length(NEW.before::text), 0), ':', NEW.before, ',', coalesce(octet_length(NEW.after::text), 0), ':', NEW.after, ',');
    UPDATE audit_head SET number = number + 1, previous = hash,
        hash = sha256(hash || convert_to(concat(length((number + 1)::text), ':', number + 1, ',', rest), 'UTF8'))
    RETURNING number, previous, hash INTO STRICT NEW.number, NEW.previous, NEW.hash;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_chained BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION chain_audit_log();

-- +goose StatementBegin
CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log only grows: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_log_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER audit_head_grows BEFORE DELETE OR TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER audit_head_follows BEFORE UPDATE ON audit_head
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION keep_audit_log();
