-- The portal (SPEC 12): what a customer opens of one merchant. Off until the merchant switches it on.
CREATE TABLE portal_settings (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  enabled BOOLEAN NOT NULL,
  colour TEXT NOT NULL,
  may_cancel BOOLEAN NOT NULL,
  may_ask BOOLEAN NOT NULL,
  may_return BOOLEAN NOT NULL,
  updated_at BIGINT NOT NULL
);
-- The merchant's word in the address: known before the merchant is, and nobody else's.
CREATE TABLE portal_words (
  word TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id)
);
CREATE UNIQUE INDEX portal_words_merchant ON portal_words (merchant_id);
-- Who may come in. Without a password they come by links that are mailed to them.
CREATE TABLE portal_access (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  password_hash TEXT NOT NULL,
  invited_at BIGINT NOT NULL,
  invited_by TEXT NOT NULL,
  activated_at BIGINT,
  closed_at BIGINT,
  PRIMARY KEY (merchant_id, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
-- Links that work once. One that waits in a mail has no hash and no end yet: both are made when the mail is handed to a server.
CREATE TABLE portal_links (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  email TEXT NOT NULL,
  hash TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX portal_links_hash ON portal_links (merchant_id, hash) WHERE hash IS NOT NULL;
CREATE INDEX portal_links_customer ON portal_links (merchant_id, customer_id, kind);
CREATE INDEX portal_links_old ON portal_links (merchant_id, created_at);
CREATE TABLE portal_sessions (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  secret_hash TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX portal_sessions_secret ON portal_sessions (merchant_id, secret_hash);
CREATE INDEX portal_sessions_customer ON portal_sessions (merchant_id, customer_id);
CREATE INDEX portal_sessions_old ON portal_sessions (merchant_id, expires_at);
-- The link of the portal that a mail carries.
ALTER TABLE mails ADD COLUMN portal_link_id TEXT COLLATE "C";
