-- A letter that goes by itself (a refund stands, a warning before anonymising) says so to whoever receives it, and is no conversation that somebody began.
ALTER TABLE mails ADD COLUMN by_itself BOOLEAN NOT NULL DEFAULT FALSE;
