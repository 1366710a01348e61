-- Money that is asked for (SPEC 2.7): charged to a method that is kept, or by a link that the buyer pays by. Both are of one customer and guarded by its lock.
-- A row of `charges` is one press: `payment_id` is the payment it became, once a provider has told of one.
CREATE TABLE charges (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  method_id TEXT COLLATE "C",
  order_id TEXT COLLATE "C",
  invoice_id TEXT COLLATE "C",
  provider TEXT COLLATE "C" NOT NULL,
  live BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  failure_code TEXT NOT NULL,
  failure TEXT NOT NULL,
  payment_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE INDEX charges_customer ON charges (merchant_id, customer_id, created_at);
CREATE INDEX charges_payment ON charges (merchant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX charges_order ON charges (merchant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX charges_invoice ON charges (merchant_id, invoice_id) WHERE invoice_id IS NOT NULL;
-- That a link expired follows from the clock and is kept nowhere. `checkout_*` is the page of a provider that was made for it.
CREATE TABLE payment_links (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C",
  invoice_id TEXT COLLATE "C",
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  purpose TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  expires_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  payment_id TEXT COLLATE "C",
  checkout TEXT COLLATE "C" NOT NULL,
  checkout_account TEXT COLLATE "C",
  checkout_ref TEXT COLLATE "C",
  checkout_url TEXT NOT NULL,
  checkout_until BIGINT,
  checkout_words TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  closed_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE INDEX payment_links_customer ON payment_links (merchant_id, customer_id, created_at);
CREATE INDEX payment_links_payment ON payment_links (merchant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX payment_links_order ON payment_links (merchant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX payment_links_invoice ON payment_links (merchant_id, invoice_id) WHERE invoice_id IS NOT NULL;
-- Doors for the buyer: only the hash of each secret is kept. Several may be open, one for each mail.
CREATE TABLE payment_link_keys (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  merchant_id TEXT COLLATE "C" NOT NULL,
  payment_link_id TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL,
  FOREIGN KEY (merchant_id, payment_link_id) REFERENCES payment_links (merchant_id, id)
);
CREATE INDEX payment_link_keys_link ON payment_link_keys (merchant_id, payment_link_id);
-- The payment link that a mail carries.
ALTER TABLE mails ADD COLUMN payment_link_id TEXT COLLATE "C";
CREATE INDEX mails_payment_link ON mails (merchant_id, payment_link_id, queued_at) WHERE payment_link_id IS NOT NULL;
-- A request of somebody about their data is extended once, by two months, with a reason (Art. 12(3) GDPR); `extended_from` is the day it was due on before.
ALTER TABLE privacy_requests ADD COLUMN extended_from BIGINT;
ALTER TABLE privacy_requests ADD COLUMN extension TEXT;
