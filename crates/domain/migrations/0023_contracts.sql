-- Contracts (SPEC 2.10). Days are day numbers where the merchant lives. What a contract is on a day, and when its term ends after renewals that nobody wrote
-- down yet, follows from that day and from what is kept here. `first_end` is the last day as agreed; `ends_on` that after `renewals`; both NULL when it is
-- open-ended. `notice_on` is the last day for giving notice of `ends_on`, `act_on` the next day on which the clock has something to do.
CREATE TABLE contracts (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  reason TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  cycle_count BIGINT NOT NULL,
  cycle_unit TEXT COLLATE "C" NOT NULL,
  starts_on BIGINT NOT NULL,
  first_end BIGINT,
  ends_on BIGINT,
  renew_months BIGINT NOT NULL,
  renewals BIGINT NOT NULL,
  notice_count BIGINT NOT NULL,
  notice_unit TEXT COLLATE "C" NOT NULL,
  notice_on BIGINT,
  notice_given_on BIGINT,
  remind_days BIGINT,
  reminded_for BIGINT,
  act_on BIGINT,
  assignee_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  started_at BIGINT,
  closed_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX contracts_number ON contracts (merchant_id, number);
CREATE INDEX contracts_customer ON contracts (merchant_id, customer_id, created_at);
CREATE INDEX contracts_listed ON contracts (merchant_id, created_at, id, state, ends_on, renew_months, shop_id, currency, amount, customer_id);
CREATE INDEX contracts_open ON contracts (merchant_id, created_at, id, state, ends_on, renew_months) WHERE state IN ('draft', 'running', 'notice');
CREATE INDEX contracts_end ON contracts (merchant_id, COALESCE(ends_on, 9223372036854775807), id);
CREATE INDEX contracts_notice ON contracts (merchant_id, COALESCE(notice_on, 9223372036854775807), id);
CREATE INDEX contracts_due ON contracts (merchant_id, COALESCE(notice_on, 9223372036854775807), id) WHERE state IN ('draft', 'running', 'notice');
CREATE INDEX contracts_amount ON contracts (merchant_id, amount, id);
CREATE INDEX contracts_title ON contracts (merchant_id, (LOWER(title)) COLLATE "C");
CREATE INDEX contracts_act ON contracts (merchant_id, act_on, id) WHERE act_on IS NOT NULL;
-- The signed paper: one for each contract.
CREATE TABLE contract_files (
  merchant_id TEXT COLLATE "C" NOT NULL,
  contract_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT COLLATE "C" NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  added_at BIGINT NOT NULL,
  added_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, contract_id),
  FOREIGN KEY (merchant_id, contract_id) REFERENCES contracts (merchant_id, id)
);
-- Articles are found by the beginning of their title, too.
CREATE INDEX order_lines_title ON order_lines (merchant_id, (LOWER(title)) COLLATE "C", order_id);
