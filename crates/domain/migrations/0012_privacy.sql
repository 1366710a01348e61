-- Erasing (SPEC 11). Who was anonymised when and why, what was cleared and kept: counts and rules, nothing personal. Every customer once.
-- `job_id` is the pass that looks for what is left; noted, swept, scrubbed: in the ledger, found nowhere any more, gone from the files' bytes.
CREATE TABLE erasures (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  cause TEXT COLLATE "C" NOT NULL,
  actor_name TEXT NOT NULL,
  cleared TEXT NOT NULL,
  kept TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  job_id TEXT COLLATE "C",
  noted_at BIGINT,
  swept_at BIGINT,
  scrubbed_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX erasures_customer ON erasures (merchant_id, customer_id);
CREATE INDEX erasures_unnoted ON erasures (merchant_id, id) WHERE noted_at IS NULL;
CREATE INDEX erasures_unswept ON erasures (merchant_id, id) WHERE swept_at IS NULL;
CREATE INDEX erasures_unscrubbed ON erasures (merchant_id, id) WHERE scrubbed_at IS NULL;
-- What the pass looks for: the erased values and ids themselves, gone when it has found them nowhere.
CREATE TABLE erasure_words (
  merchant_id TEXT COLLATE "C" NOT NULL,
  erasure_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (merchant_id, erasure_id, position),
  FOREIGN KEY (merchant_id, erasure_id) REFERENCES erasures (merchant_id, id)
);
-- Buyer and note of issued invoices, sealed with a key that is not in the database, until the law no longer wants them.
CREATE TABLE legal_copies (
  merchant_id TEXT COLLATE "C" NOT NULL,
  invoice_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  country TEXT COLLATE "C" NOT NULL,
  years BIGINT NOT NULL,
  keep_until BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, invoice_id),
  FOREIGN KEY (merchant_id, invoice_id) REFERENCES invoices (merchant_id, id)
);
CREATE INDEX legal_copies_customer ON legal_copies (merchant_id, customer_id);
CREATE INDEX legal_copies_until ON legal_copies (merchant_id, keep_until);
-- One row a merchant, once it is needed: years that issued invoices are kept (nothing: the country's own), the key of the refusals.
CREATE TABLE privacy_settings (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  keep_years BIGINT,
  hash_key TEXT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- Addresses that want no marketing, as keyed hashes: nobody can be read from them, and the same address is known again.
CREATE TABLE marketing_refusals (
  merchant_id TEXT COLLATE "C" NOT NULL,
  address_hash TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, address_hash)
);
-- After how many months of inactivity a shop's customers are anonymised; no row: never. And customers whose "Obfuscate enabled" is unticked.
CREATE TABLE retention_rules (
  merchant_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  months BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE TABLE retention_exempt (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
-- Events without a customer that are about an order or a payment of one.
CREATE INDEX events_apart_subject ON events (merchant_id, subject_id) WHERE customer_id IS NULL AND subject_id <> '';
