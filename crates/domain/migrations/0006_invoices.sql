-- Who sells, and how invoices are numbered, taxed and rounded. One row a merchant, once somebody saved it.
CREATE TABLE invoice_settings (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  seller TEXT NOT NULL,
  bank TEXT NOT NULL,
  terms TEXT NOT NULL,
  terms_days BIGINT NOT NULL,
  footer TEXT NOT NULL,
  format TEXT NOT NULL,
  credit_format TEXT NOT NULL,
  rounding TEXT COLLATE "C" NOT NULL,
  prices TEXT COLLATE "C" NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  rate TEXT NOT NULL,
  exemption TEXT NOT NULL,
  logo_id TEXT COLLATE "C",
  updated_at BIGINT NOT NULL
);
-- Logos are kept as long as an invoice shows one.
CREATE TABLE logos (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  bytes BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
-- Invoices and credit notes. `buyer` is a snapshot from the first day, `seller` from the day of issue; both JSON. A draft has no number.
CREATE TABLE invoices (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C",
  series TEXT COLLATE "C" NOT NULL,
  series_number BIGINT,
  customer_id TEXT COLLATE "C",
  shop_id TEXT COLLATE "C",
  order_id TEXT COLLATE "C",
  payment_id TEXT COLLATE "C",
  corrects_id TEXT COLLATE "C",
  currency TEXT NOT NULL,
  prices TEXT COLLATE "C" NOT NULL,
  rounding TEXT COLLATE "C" NOT NULL,
  net BIGINT NOT NULL,
  tax BIGINT NOT NULL,
  total BIGINT NOT NULL,
  paid BIGINT NOT NULL,
  credited BIGINT NOT NULL,
  prepaid BIGINT NOT NULL,
  buyer TEXT NOT NULL,
  seller TEXT NOT NULL,
  note TEXT NOT NULL,
  terms_days BIGINT NOT NULL,
  issued_on BIGINT,
  due_on BIGINT,
  issued_at BIGINT,
  voided_at BIGINT,
  link_hash TEXT COLLATE "C",
  link_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE UNIQUE INDEX invoices_number ON invoices (merchant_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX invoices_series ON invoices (merchant_id, series, series_number) WHERE series_number IS NOT NULL;
CREATE INDEX invoices_customer ON invoices (merchant_id, customer_id, created_at);
CREATE INDEX invoices_order ON invoices (merchant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX invoices_payment ON invoices (merchant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX invoices_corrects ON invoices (merchant_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX invoices_when ON invoices (merchant_id, created_at, id);
CREATE UNIQUE INDEX invoices_link ON invoices (link_hash) WHERE link_hash IS NOT NULL;
-- Quantities, prices and rates are exact decimal text; `net` and `shown` minor units. `source` is the line that a credit note gives back.
CREATE TABLE invoice_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  invoice_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  title TEXT NOT NULL,
  sku TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  rate TEXT NOT NULL,
  net BIGINT NOT NULL,
  shown BIGINT NOT NULL,
  source BIGINT,
  PRIMARY KEY (merchant_id, invoice_id, position),
  FOREIGN KEY (merchant_id, invoice_id) REFERENCES invoices (merchant_id, id)
);
CREATE TABLE invoice_taxes (
  merchant_id TEXT COLLATE "C" NOT NULL,
  invoice_id TEXT COLLATE "C" NOT NULL,
  category TEXT COLLATE "C" NOT NULL,
  rate TEXT COLLATE "C" NOT NULL,
  net BIGINT NOT NULL,
  tax BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, invoice_id, category, rate),
  FOREIGN KEY (merchant_id, invoice_id) REFERENCES invoices (merchant_id, id)
);
-- Which payment pays how much of which invoice.
CREATE TABLE invoice_payments (
  merchant_id TEXT COLLATE "C" NOT NULL,
  invoice_id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, invoice_id, payment_id),
  FOREIGN KEY (merchant_id, invoice_id) REFERENCES invoices (merchant_id, id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE INDEX invoice_payments_payment ON invoice_payments (merchant_id, payment_id);
-- Mail on its way out. What is attached is made when it is sent.
CREATE TABLE mails (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  invoice_id TEXT COLLATE "C",
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  error TEXT NOT NULL,
  queued_at BIGINT NOT NULL,
  queued_by TEXT NOT NULL,
  next_at BIGINT,
  sent_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, invoice_id) REFERENCES invoices (merchant_id, id)
);
CREATE INDEX mails_invoice ON mails (merchant_id, invoice_id, queued_at);
-- The directory of mail that waits, over all merchants.
CREATE TABLE mail_queue (
  mail_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  merchant_id TEXT COLLATE "C" NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT NOT NULL
);
CREATE INDEX mail_queue_due ON mail_queue (run_at);
