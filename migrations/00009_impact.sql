-- +goose Up

-- What a change of boundaries touches is found by place. Answers may take a report to an
-- area nearby, so those that have any are looked for further away.
CREATE INDEX reports_point ON reports USING gist (point);
CREATE INDEX reports_answered ON reports USING gist (point) WHERE answers IS NOT NULL;

-- How far open reports were routed again after publishing. One server at a time works on it
-- and holds the row while it does.
CREATE TABLE rerouting (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    edition  bigint  NOT NULL, -- with this one and all before it is done
    target   bigint  NOT NULL CHECK (target >= edition), -- the one being worked on; edition: none is
    report   text COLLATE "C" NOT NULL, -- reports up to this one were looked at for it
    pending  bigint  NOT NULL, -- as many are still to be looked at
    feed     bigint  NOT NULL  -- assignments up to this one were looked at, whether an older edition gave them
);
INSERT INTO rerouting (edition, target, report, pending, feed)
SELECT e.newest, e.newest, '', 0, f.head FROM feed f, (SELECT coalesce(max(number), 0) AS newest FROM editions) AS e;
