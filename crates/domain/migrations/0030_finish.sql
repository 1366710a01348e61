-- How a person reads dates and numbers: the tag of a locale; empty: as the browser says.
ALTER TABLE people ADD COLUMN locale TEXT NOT NULL DEFAULT '';
-- The remark of a payment recorded by hand (the reference of a transfer, the number of a cheque) is looked for by its beginning.
CREATE INDEX payments_note ON payments (merchant_id, (LOWER(note)) COLLATE "C") WHERE provider = 'manual' AND note <> '';
-- What stands in the log of one thing that is exported: the checkup of what is kept asks for it.
CREATE INDEX accounting_log_subject ON accounting_log (merchant_id, connection_id, subject_id);
CREATE INDEX accounting_exports_remote ON accounting_exports (merchant_id, connection_id, remote) WHERE remote IS NOT NULL;
-- How many imports go on, for the top bar.
CREATE INDEX imports_state ON imports (merchant_id, state);
