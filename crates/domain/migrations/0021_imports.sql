-- Imports of uploaded files (SPEC 9.2): what is to be done next and for whom, what the dry run found, how far it is, until when the file lies.
ALTER TABLE imports ADD COLUMN task TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN size BIGINT NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN checked TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN progress TEXT NOT NULL DEFAULT '';
ALTER TABLE imports ADD COLUMN kept_until BIGINT;
CREATE INDEX imports_task ON imports (lease_until, merchant_id, id) WHERE task <> '';
CREATE INDEX imports_kept ON imports (kept_until, merchant_id, id) WHERE kept_until IS NOT NULL;
