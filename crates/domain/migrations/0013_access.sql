-- The list of invoices: the buyer's country as it stands on the paper, beside the snapshot, so that lists can ask for it; one index for the usual
-- order that also holds what is filtered and counted, and small ones for what is rare and for the other orders.
ALTER TABLE invoices ADD COLUMN country TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX invoices_when;
CREATE INDEX invoices_listed ON invoices (merchant_id, created_at, id, state, kind, shop_id, currency, country, total, issued_on, due_on, customer_id);
CREATE INDEX invoices_unpaid ON invoices (merchant_id, created_at, id, state, due_on) WHERE state IN ('open', 'partly_paid');
CREATE INDEX invoices_drafts ON invoices (merchant_id, created_at, id) WHERE state = 'draft';
CREATE INDEX invoices_credits ON invoices (merchant_id, created_at, id) WHERE kind = 'credit_note';
CREATE INDEX invoices_issued ON invoices (merchant_id, COALESCE(issued_on, 9223372036854775807), id);
CREATE INDEX invoices_due ON invoices (merchant_id, COALESCE(due_on, 9223372036854775807), id);
CREATE INDEX invoices_total ON invoices (merchant_id, total, id);
-- What people ask about their data: to see it, to have it erased, to have it put right. The month runs from the day it came; days since 1970 where
-- the merchant lives. Who asks need not be a customer yet.
CREATE TABLE privacy_requests (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  who TEXT NOT NULL,
  note TEXT NOT NULL,
  received_on BIGINT NOT NULL,
  due_on BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  closed_at BIGINT,
  closed_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX privacy_requests_listed ON privacy_requests (merchant_id, due_on, id, state, kind, customer_id);
CREATE INDEX privacy_requests_received ON privacy_requests (merchant_id, received_on, id);
CREATE INDEX privacy_requests_open ON privacy_requests (merchant_id, due_on, id) WHERE state = 'open';
CREATE INDEX privacy_requests_customer ON privacy_requests (merchant_id, customer_id);
CREATE INDEX privacy_requests_who ON privacy_requests (merchant_id, (LOWER(who)) COLLATE "C");
-- Rows of one customer, where only other ways led to them.
CREATE INDEX provider_facts_whose ON provider_facts (merchant_id, value);
