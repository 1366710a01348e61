-- The list of the outbox (SPEC 5.3): newest first, what still needs somebody, and to whom.
CREATE INDEX mails_listed ON mails (merchant_id, queued_at, id, state);
CREATE INDEX mails_open ON mails (merchant_id, queued_at, id, state) WHERE state IN ('queued', 'sending', 'failed', 'unknown');
CREATE INDEX mails_recipient ON mails (merchant_id, (LOWER(recipient)) COLLATE "C");
