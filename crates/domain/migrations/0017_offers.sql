-- Offers (SPEC 2.10). `buyer` is a snapshot, taken anew when the offer is sent; `seller` is what stands on the paper of a sent one (who sells, how prices
-- are taxed); both JSON. `valid_until` is a day number where the merchant lives: that an offer expired follows from the day and is kept nowhere.
CREATE TABLE offers (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  discount BIGINT NOT NULL,
  shipping BIGINT NOT NULL,
  tax BIGINT NOT NULL,
  total BIGINT NOT NULL,
  buyer TEXT NOT NULL,
  seller TEXT NOT NULL,
  note TEXT NOT NULL,
  reason TEXT NOT NULL,
  valid_until BIGINT NOT NULL,
  order_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  sent_at BIGINT,
  closed_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id)
);
CREATE UNIQUE INDEX offers_number ON offers (merchant_id, number);
CREATE INDEX offers_customer ON offers (merchant_id, customer_id, created_at);
CREATE UNIQUE INDEX offers_order ON offers (merchant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX offers_listed ON offers (merchant_id, created_at, id, state, valid_until, shop_id, currency, total, customer_id);
CREATE INDEX offers_open ON offers (merchant_id, created_at, id, state, valid_until) WHERE state IN ('draft', 'sent');
CREATE INDEX offers_valid ON offers (merchant_id, valid_until, id);
CREATE INDEX offers_total ON offers (merchant_id, total, id);
CREATE TABLE offer_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  offer_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  PRIMARY KEY (merchant_id, offer_id, position),
  FOREIGN KEY (merchant_id, offer_id) REFERENCES offers (merchant_id, id)
);
-- Doors for the buyer: only the hash of each secret is kept. Several may be open, one for each mail.
CREATE TABLE offer_links (
  hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  merchant_id TEXT COLLATE "C" NOT NULL,
  offer_id TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL,
  FOREIGN KEY (merchant_id, offer_id) REFERENCES offers (merchant_id, id)
);
CREATE INDEX offer_links_offer ON offer_links (merchant_id, offer_id);
-- The offer that a mail carries.
ALTER TABLE mails ADD COLUMN offer_id TEXT COLLATE "C";
CREATE INDEX mails_offer ON mails (merchant_id, offer_id, queued_at) WHERE offer_id IS NOT NULL;
-- Goods that come back (SPEC 2.10). A return belongs to its order, and to nobody else: whose order it is, whose return it is. `value` is what its lines came
-- to in the order, minor units of the order's currency.
CREATE TABLE returns (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  value BIGINT NOT NULL,
  note TEXT NOT NULL,
  answer TEXT NOT NULL,
  replacement_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  approved_at BIGINT,
  received_at BIGINT,
  closed_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id),
  FOREIGN KEY (merchant_id, replacement_id) REFERENCES orders (merchant_id, id)
);
CREATE UNIQUE INDEX returns_number ON returns (merchant_id, number);
CREATE INDEX returns_order ON returns (merchant_id, order_id, created_at);
CREATE UNIQUE INDEX returns_replacement ON returns (merchant_id, replacement_id) WHERE replacement_id IS NOT NULL;
CREATE INDEX returns_listed ON returns (merchant_id, created_at, id, state, value, order_id);
CREATE INDEX returns_open ON returns (merchant_id, created_at, id, state) WHERE state IN ('requested', 'approved', 'received');
CREATE INDEX returns_value ON returns (merchant_id, value, id);
-- `line` is the place of the line in the order; article and price are copied, so that they stay what came back.
CREATE TABLE return_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  return_id TEXT COLLATE "C" NOT NULL,
  line BIGINT NOT NULL,
  sku TEXT NOT NULL,
  title TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  reason TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, return_id, line),
  FOREIGN KEY (merchant_id, return_id) REFERENCES returns (merchant_id, id)
);
-- Which refunds were given for which return.
CREATE TABLE return_refunds (
  merchant_id TEXT COLLATE "C" NOT NULL,
  return_id TEXT COLLATE "C" NOT NULL,
  refund_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, return_id, refund_id),
  FOREIGN KEY (merchant_id, return_id) REFERENCES returns (merchant_id, id),
  FOREIGN KEY (merchant_id, refund_id) REFERENCES refunds (merchant_id, id)
);
CREATE UNIQUE INDEX return_refunds_refund ON return_refunds (merchant_id, refund_id);
