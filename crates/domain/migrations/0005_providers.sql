-- Who moves the money: the accounts of each shop, what they told, what they are asked. One account for each shop, provider and mode.
-- The secrets are sealed with the key of the configuration; `address` is the unguessable end of the webhook's address.
CREATE TABLE provider_accounts (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  live BOOLEAN NOT NULL,
  address TEXT COLLATE "C" NOT NULL,
  secrets TEXT NOT NULL,
  hint TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  disabled_at BIGINT,
  tested_at BIGINT,
  tested_words TEXT NOT NULL,
  tested_ok BOOLEAN NOT NULL,
  told_at BIGINT,
  caught_up_at BIGINT NOT NULL,
  catch_up_next_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE UNIQUE INDEX provider_accounts_address ON provider_accounts (address);
CREATE UNIQUE INDEX provider_accounts_shop ON provider_accounts (merchant_id, shop_id, provider, live);
CREATE INDEX provider_accounts_catch_up ON provider_accounts (catch_up_next_at) WHERE disabled_at IS NULL;
-- The inbox: each event once, its body as it came. Worked through by time; a worker takes a row by changing its state.
CREATE TABLE provider_events (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  account_id TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  happened_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  error TEXT NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (merchant_id, account_id, event_id)
);
CREATE INDEX provider_events_due ON provider_events (next_at, event_id) WHERE state = 'waiting';
CREATE INDEX provider_events_when ON provider_events (merchant_id, account_id, received_at);
CREATE INDEX provider_events_failed ON provider_events (merchant_id, account_id, received_at) WHERE state = 'failed';
-- News that came before what it speaks of: a refund before its payment, a payment before its customer.
CREATE TABLE provider_waiting (
  merchant_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  waits_for TEXT COLLATE "C" NOT NULL,
  position TEXT COLLATE "C" NOT NULL,
  news TEXT NOT NULL,
  PRIMARY KEY (merchant_id, account_id, waits_for, position)
);
-- What an account has told about its own things: which of our customers is meant, how new the latest word is, which payment an invoice has.
CREATE TABLE provider_facts (
  merchant_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  reference TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, account_id, kind, reference)
);
CREATE INDEX provider_facts_customer ON provider_facts (merchant_id, value) WHERE kind = 'customer';
-- What a provider is asked: written with the act, sent between transactions, answered in another one.
CREATE TABLE provider_calls (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  payload TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  error TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX provider_calls_due ON provider_calls (next_at, id) WHERE state = 'waiting';
CREATE INDEX provider_calls_subject ON provider_calls (merchant_id, subject_id, id);
-- Other ids by which a provider knows a payment: Stripe's payment intent of a charge, PayPal's order of a capture.
CREATE TABLE payment_refs (
  merchant_id TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  reference TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, provider, reference)
);
-- The most that a provider said was refunded of a payment in all, where it does not tell the single refunds.
CREATE TABLE refund_totals (
  merchant_id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  total BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, payment_id)
);
-- Why a refund did not come through, in the provider's words.
CREATE TABLE refund_failures (
  merchant_id TEXT COLLATE "C" NOT NULL,
  refund_id TEXT COLLATE "C" NOT NULL,
  words TEXT NOT NULL,
  failed_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, refund_id)
);
-- The shop's side of a dispute: words and files, kept until they are sent and as proof of what was sent.
CREATE TABLE dispute_evidence (
  merchant_id TEXT COLLATE "C" NOT NULL,
  dispute_id TEXT COLLATE "C" NOT NULL,
  words TEXT NOT NULL,
  saved_at BIGINT NOT NULL,
  saved_by TEXT NOT NULL,
  submitted_at BIGINT,
  PRIMARY KEY (merchant_id, dispute_id),
  FOREIGN KEY (merchant_id, dispute_id) REFERENCES disputes (merchant_id, id)
);
CREATE TABLE dispute_files (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  dispute_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  provider_ref TEXT COLLATE "C",
  added_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, dispute_id) REFERENCES disputes (merchant_id, id)
);
CREATE UNIQUE INDEX dispute_files_kind ON dispute_files (merchant_id, dispute_id, kind);
