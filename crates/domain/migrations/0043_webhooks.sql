-- What went above the body at each try (13.2): whoever looks for a signature that does not fit sees the one that was sent.
ALTER TABLE webhook_attempts ADD COLUMN timestamp BIGINT NOT NULL DEFAULT 0;
ALTER TABLE webhook_attempts ADD COLUMN signature TEXT NOT NULL DEFAULT '';
