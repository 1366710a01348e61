-- What was said between the house and people: mail, chats and calls. A conversation holds entries; both name the customer they belong to, or nobody
-- as long as nobody knows whose address it is.
CREATE TABLE conversations (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  mailbox_id TEXT COLLATE "C",
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  address_key TEXT COLLATE "C" NOT NULL,
  subject TEXT NOT NULL,
  subject_key TEXT COLLATE "C" NOT NULL,
  waiting BOOLEAN NOT NULL,
  entries BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX conversations_customer ON conversations (merchant_id, customer_id, subject_key, last_at);
CREATE INDEX conversations_unknown ON conversations (merchant_id, state, last_at, id) WHERE customer_id IS NULL;
CREATE INDEX conversations_address ON conversations (merchant_id, address_key, last_at) WHERE customer_id IS NULL;
CREATE INDEX conversations_waiting ON conversations (merchant_id, last_at, id) WHERE waiting AND state = 'open' AND customer_id IS NOT NULL;
CREATE TABLE entries (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  conversation_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  kind TEXT COLLATE "C" NOT NULL,
  direction TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  author TEXT NOT NULL,
  address TEXT NOT NULL,
  more TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  folded TEXT NOT NULL,
  outside_id TEXT COLLATE "C" NOT NULL,
  answers TEXT NOT NULL,
  mail_id TEXT COLLATE "C",
  outcome TEXT COLLATE "C" NOT NULL,
  seconds BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, conversation_id) REFERENCES conversations (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX entries_customer ON entries (merchant_id, customer_id, at, id);
CREATE INDEX entries_kind ON entries (merchant_id, customer_id, kind, at, id);
CREATE INDEX entries_conversation ON entries (merchant_id, conversation_id, at, id);
CREATE UNIQUE INDEX entries_outside ON entries (merchant_id, kind, outside_id) WHERE outside_id <> '';
CREATE INDEX entries_mail ON entries (merchant_id, mail_id) WHERE mail_id IS NOT NULL;
-- What was attached.
CREATE TABLE entry_files (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  entry_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, entry_id) REFERENCES entries (merchant_id, id)
);
CREATE INDEX entry_files_entry ON entry_files (merchant_id, entry_id, position);
-- Addresses that mail came back from.
CREATE TABLE bounces (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  email_key TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  bounced_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX bounces_email ON bounces (merchant_id, email_key);
CREATE INDEX bounces_customer ON bounces (merchant_id, customer_id);
-- Mailboxes that are looked into. `due_at` and the lease are of the thread that does it, over all merchants.
CREATE TABLE mailboxes (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  address TEXT NOT NULL,
  address_key TEXT COLLATE "C" NOT NULL,
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  security TEXT COLLATE "C" NOT NULL,
  username TEXT NOT NULL,
  password TEXT NOT NULL,
  folder TEXT NOT NULL,
  uid_validity BIGINT NOT NULL,
  last_uid BIGINT NOT NULL,
  since BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  checked_at BIGINT,
  error TEXT NOT NULL,
  failures BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX mailboxes_address ON mailboxes (merchant_id, address_key) WHERE disabled_at IS NULL;
CREATE INDEX mailboxes_due ON mailboxes (due_at) WHERE disabled_at IS NULL;
-- What went out before stands in the stream too.
INSERT INTO conversations (merchant_id, id, kind, state, customer_id, mailbox_id, name, address, address_key, subject, subject_key, waiting, entries,
    last_at, created_at)
  SELECT merchant_id, 'cnv' || SUBSTR(id, 4), 'mail', 'open', customer_id, NULL, '', recipient, LOWER(recipient), subject, LOWER(subject), FALSE, 1,
    queued_at, queued_at FROM mails WHERE customer_id IS NOT NULL;
INSERT INTO entries (merchant_id, id, conversation_id, customer_id, kind, direction, at, author, address, more, subject, body, html, folded, outside_id,
    answers, mail_id, outcome, seconds, created_at, created_by)
  SELECT merchant_id, 'ent' || SUBSTR(id, 4), 'cnv' || SUBSTR(id, 4), customer_id, 'mail', 'out', queued_at, queued_by, recipient, '', subject, body, '',
    LOWER(subject || ' ' || recipient || ' ' || body), '', '', id, '', 0, queued_at, queued_by FROM mails WHERE customer_id IS NOT NULL;
