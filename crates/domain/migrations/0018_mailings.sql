-- Templates of mail (SPEC 7.4): one line of a shop each, and every version that ever counted. What was sent names its version.
CREATE TABLE templates (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE UNIQUE INDEX templates_name ON templates (merchant_id, shop_id, name_key);
CREATE TABLE template_versions (
  merchant_id TEXT COLLATE "C" NOT NULL,
  template_id TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, template_id, version),
  FOREIGN KEY (merchant_id, template_id) REFERENCES templates (merchant_id, id)
);
-- The template that a mail was written from; such a mail goes out in the shop's name.
ALTER TABLE mails ADD COLUMN template_id TEXT COLLATE "C";
-- Mailings (SPEC 7.3): one template to many customers. The job `job_id` puts their mail into the outbox, so many a minute.
CREATE TABLE mailings (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  template_id TEXT COLLATE "C" NOT NULL,
  template_version BIGINT NOT NULL,
  name TEXT NOT NULL,
  per_minute BIGINT NOT NULL,
  consenting_only BOOLEAN NOT NULL,
  total BIGINT NOT NULL,
  job_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, template_id, template_version) REFERENCES template_versions (merchant_id, template_id, version)
);
CREATE INDEX mailings_listed ON mailings (merchant_id, created_at, id, state, shop_id);
CREATE INDEX mailings_open ON mailings (merchant_id, created_at, id, state) WHERE state IN ('sending', 'paused');
CREATE INDEX mailings_name ON mailings (merchant_id, (LOWER(name)) COLLATE "C");
-- One outcome for each customer of a mailing. The keys are the promise: nobody has two lines, no address is written to twice.
CREATE TABLE mailing_rows (
  merchant_id TEXT COLLATE "C" NOT NULL,
  mailing_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  mail_id TEXT COLLATE "C",
  outcome TEXT COLLATE "C" NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL,
  bounced_at BIGINT,
  unsubscribed_at BIGINT,
  PRIMARY KEY (merchant_id, mailing_id, customer_id),
  FOREIGN KEY (merchant_id, mailing_id) REFERENCES mailings (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX mailing_rows_address ON mailing_rows (merchant_id, mailing_id, email_key) WHERE email_key <> '';
CREATE UNIQUE INDEX mailing_rows_position ON mailing_rows (merchant_id, mailing_id, position);
CREATE INDEX mailing_rows_outcome ON mailing_rows (merchant_id, mailing_id, outcome, position);
CREATE INDEX mailing_rows_mail ON mailing_rows (merchant_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX mailing_rows_customer ON mailing_rows (merchant_id, customer_id);
CREATE INDEX mailing_rows_known ON mailing_rows (merchant_id, email_key, at) WHERE email_key <> '';
-- Addresses that bounced, as the same keyed hashes as refusals, with the status code that a server gave.
CREATE TABLE bounced_addresses (
  merchant_id TEXT COLLATE "C" NOT NULL,
  address_hash TEXT COLLATE "C" NOT NULL,
  code TEXT COLLATE "C" NOT NULL,
  bounced_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, address_hash)
);
