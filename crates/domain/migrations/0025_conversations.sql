-- Which addresses bounce is known in one place alone (bounced_addresses); its reason in words stands in the report itself.
DROP TABLE bounces;
-- What a person of the house writes under every mail.
CREATE TABLE signatures (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  person_id TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, person_id)
);
-- Mails that somebody began: each person's own. An answer names the entry it answers.
CREATE TABLE mail_drafts (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  entry_id TEXT COLLATE "C" NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX mail_drafts_person ON mail_drafts (merchant_id, person_id, updated_at, id);
CREATE INDEX mail_drafts_customer ON mail_drafts (merchant_id, customer_id, person_id, updated_at, id);
-- Tickets out of what was said: a conversation has one ticket at most.
ALTER TABLE tickets ADD COLUMN conversation_id TEXT COLLATE "C";
CREATE UNIQUE INDEX tickets_conversation ON tickets (merchant_id, conversation_id) WHERE conversation_id IS NOT NULL;
ALTER TABLE mailboxes ADD COLUMN makes_tickets BOOLEAN NOT NULL DEFAULT FALSE;
-- The accounts with Twilio that tell of calls, one for a shop. `address` is the unguessable end of what Twilio is given.
CREATE TABLE phone_accounts (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  token TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  disabled_at BIGINT,
  told_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE UNIQUE INDEX phone_accounts_address ON phone_accounts (address);
CREATE UNIQUE INDEX phone_accounts_shop ON phone_accounts (merchant_id, shop_id);
-- By which the mail of a merchant is signed (DKIM); `record` is what stands in the DNS.
CREATE TABLE dkim_keys (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  domain TEXT COLLATE "C" NOT NULL,
  selector TEXT COLLATE "C" NOT NULL,
  private_key TEXT NOT NULL,
  record TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id)
);
