-- +goose Up

-- Which server wrote the newest change: a promoted standby, or a backup restored, may lack
-- changes that were answered for already, and gives their numbers to others. So the first
-- change that is written somewhere else begins another history. Empty: not known yet, or
-- this database has no functions that tell.
ALTER TABLE state ADD COLUMN server text NOT NULL DEFAULT '';

-- This cluster, its timeline (every promotion and every recovery to a point in time begins
-- another) and this database in it.
-- +goose StatementBegin
CREATE FUNCTION this_server() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT system_identifier FROM pg_control_system())
        || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8)
        || '/' || (SELECT oid FROM pg_database WHERE datname = current_database());
EXCEPTION WHEN OTHERS THEN
    RETURN '';
END $$;
-- +goose StatementEnd
