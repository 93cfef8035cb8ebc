-- +goose Up

-- Where the police's manholes and cameras are, and those of gas and power, is not for
-- everybody who reads the inventory. Only the components: what happens to them anybody may
-- report. A city that has marked them otherwise has made versions of its own and keeps them.
CREATE TEMPORARY TABLE sensitive ON COMMIT DROP AS
SELECT c.version FROM categories c JOIN (VALUES
    ('GB/T 47678.5-2026', '01005'), -- 电力井盖
    ('GB/T 47678.5-2026', '01011'), -- 燃气井盖
    ('GB/T 47678.5-2026', '01012'), -- 公安井盖
    ('GB/T 47678.5-2026', '01015'), -- 信号灯电源井盖
    ('GB/T 47678.5-2026', '01017'), -- 电缆井盖
    ('GB/T 47678.5-2026', '01021'), -- 输油（气）井盖
    ('GB/T 47678.5-2026', '01028'), -- 电力设施
    ('GB/T 47678.5-2026', '01029'), -- 电力设施标识牌
    ('GB/T 47678.5-2026', '01030'), -- 电力立杆
    ('GB/T 47678.5-2026', '01036'), -- 输油（气）标志
    ('GB/T 47678.5-2026', '01048'), -- 变压器（箱）
    ('GB/T 47678.5-2026', '01049'), -- 燃气调压站（箱）
    ('GB/T 47678.5-2026', '01050'), -- 监控电子眼设施
    ('GB/T 47678.5-2026', '01057'), -- 露天燃气管道
    ('CJ/T 214-2007', '0105'), -- 电力井盖
    ('CJ/T 214-2007', '0111'), -- 燃气井盖
    ('CJ/T 214-2007', '0112'), -- 公安井盖
    ('CJ/T 214-2007', '0116'), -- 电力设施
    ('CJ/T 214-2007', '0129'), -- 输油(气)井盖
    ('CJ/T 214-2007', '0134'), -- 变压器(箱)
    ('CJ/T 214-2007', '0135'), -- 燃气调压站(箱)
    ('CJ/T 214-2007', '0136')  -- 监控电子眼
) AS v (standard, code) USING (standard, code)
WHERE c.kind = 'component' AND c.ended IS NULL AND c.visibility = 'internal'
    AND c.begun = (SELECT id FROM changes WHERE kind = 'categories' AND note = 'built in' ORDER BY sequence LIMIT 1);

-- Where nothing was written yet, nobody has seen the first change: it marks them itself.
UPDATE categories SET visibility = 'restricted'
WHERE version IN (SELECT version FROM sensitive) AND (SELECT sequence FROM state) = 1;

-- Elsewhere it is a change like any other, so that every server and snapshot learns of it.
WITH change AS (
    SELECT gen_random_uuid() AS id FROM state WHERE sequence > 1 AND EXISTS (SELECT FROM sensitive)
), closed AS (
    UPDATE categories c SET ended = change.id FROM change WHERE c.version IN (SELECT version FROM sensitive) RETURNING c.*
), opened AS (
    INSERT INTO categories (standard, kind, code, name, name_en, parent, family, source, confidence, visibility, begun)
    SELECT standard, kind, code, name, name_en, parent, family, source, confidence, 'restricted', ended FROM closed
), counted AS (
    UPDATE state SET sequence = sequence + 1 FROM change RETURNING sequence, change.id
)
INSERT INTO changes (sequence, id, kind, note) SELECT sequence, id, 'categories', 'restricted' FROM counted;

DROP TABLE sensitive;
