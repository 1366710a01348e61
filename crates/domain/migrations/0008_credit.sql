-- Store credit: a ledger per customer and currency. Lines are never changed; the balance beside them is their sum (kept, held by verify),
-- and the database itself refuses one below zero.
CREATE TABLE credit_balances (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  balance BIGINT NOT NULL CHECK (balance >= 0),
  lines BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, currency),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE TABLE credit_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  balance BIGINT NOT NULL,
  reason TEXT NOT NULL,
  payment_id TEXT COLLATE "C",
  refund_id TEXT COLLATE "C",
  order_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX credit_lines_customer ON credit_lines (merchant_id, customer_id, created_at, id);
CREATE INDEX credit_lines_payment ON credit_lines (merchant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX credit_lines_refund ON credit_lines (merchant_id, refund_id) WHERE refund_id IS NOT NULL;

-- Who brings buyers, and what they get for it.
CREATE TABLE affiliates (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  code TEXT NOT NULL,
  code_key TEXT COLLATE "C" NOT NULL,
  terms TEXT COLLATE "C" NOT NULL,
  rate BIGINT NOT NULL,
  currency TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX affiliates_code ON affiliates (merchant_id, code_key);
-- Whose buyer an order's was; its payments take their commission from here.
CREATE TABLE order_affiliates (
  merchant_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  affiliate_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, order_id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id),
  FOREIGN KEY (merchant_id, affiliate_id) REFERENCES affiliates (merchant_id, id)
);
CREATE INDEX order_affiliates_affiliate ON order_affiliates (merchant_id, affiliate_id);
-- The commission agreed on a payment, in its currency. What of it is earned follows from the payment; paid is the sum of payout lines (kept).
CREATE TABLE commissions (
  merchant_id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  affiliate_id TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  paid BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, payment_id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id),
  FOREIGN KEY (merchant_id, affiliate_id) REFERENCES affiliates (merchant_id, id)
);
CREATE INDEX commissions_affiliate ON commissions (merchant_id, affiliate_id, payment_id);
CREATE TABLE payouts (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  affiliate_id TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  period_from BIGINT NOT NULL,
  period_until BIGINT NOT NULL,
  note TEXT NOT NULL,
  paid_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, affiliate_id) REFERENCES affiliates (merchant_id, id)
);
CREATE INDEX payouts_affiliate ON payouts (merchant_id, affiliate_id, paid_at);
CREATE TABLE payout_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  payout_id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, payout_id, payment_id),
  FOREIGN KEY (merchant_id, payout_id) REFERENCES payouts (merchant_id, id)
);
CREATE INDEX payout_lines_payment ON payout_lines (merchant_id, payment_id);

-- Cards, e-mail addresses and customers that check out no more, until somebody lifts it.
CREATE TABLE blocks (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  shown TEXT NOT NULL,
  reason TEXT NOT NULL,
  customer_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  lifted_at BIGINT,
  lifted_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX blocks_key ON blocks (merchant_id, kind, key) WHERE lifted_at IS NULL;
CREATE INDEX blocks_customer ON blocks (merchant_id, customer_id) WHERE customer_id IS NOT NULL;
