-- Portable text: store::dialect writes the engine's types (STRICT tables on SQLite).
-- Time is microseconds UTC, money minor units, ids text. What belongs to a merchant has merchant_id first.

-- The directory: what is known before the merchant is known.
-- One row, written by the first set-up: of two people who press the button together one gets the key.
CREATE TABLE installation (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  set_up_at BIGINT NOT NULL
);
CREATE TABLE merchants (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  country TEXT NOT NULL,
  active_days BIGINT NOT NULL,
  rule_version BIGINT NOT NULL,
  demo BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE people (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  shortcuts BOOLEAN NOT NULL,
  theme TEXT NOT NULL,
  density TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT
);
CREATE UNIQUE INDEX people_email ON people (email_key);
CREATE TABLE staff (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  role TEXT NOT NULL,
  granted TEXT NOT NULL,
  withdrawn TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT,
  PRIMARY KEY (merchant_id, person_id)
);
CREATE INDEX staff_person ON staff (person_id);
CREATE TABLE sessions (
  id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  secret_hash TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES people (id),
  merchant_id TEXT COLLATE "C",
  user_agent TEXT NOT NULL,
  address TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_person ON sessions (person_id);
-- How often a door was tried (sign-in); the key is a hash of whom and from where.
CREATE TABLE attempts (
  key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  count BIGINT NOT NULL,
  since BIGINT NOT NULL
);
CREATE INDEX attempts_since ON attempts (since);
CREATE TABLE invitations (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  secret_hash TEXT COLLATE "C" NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  role TEXT NOT NULL,
  granted TEXT NOT NULL,
  withdrawn TEXT NOT NULL,
  invited_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  accepted_at BIGINT,
  revoked_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX invitations_secret ON invitations (secret_hash);
CREATE TABLE api_keys (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  secret_hash TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  expires_at BIGINT,
  revoked_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX api_keys_secret ON api_keys (secret_hash);
-- Which jobs wait, over all merchants: claimed here, worked in the merchant's own rows.
CREATE TABLE job_queue (
  job_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  merchant_id TEXT COLLATE "C" NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT NOT NULL
);
CREATE INDEX job_queue_due ON job_queue (run_at);

-- Settings of a merchant.
CREATE TABLE shops (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  country TEXT NOT NULL,
  url TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX shops_name ON shops (merchant_id, name_key);
CREATE TABLE customer_groups (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX customer_groups_name ON customer_groups (merchant_id, name_key);
CREATE TABLE tags (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX tags_name ON tags (merchant_id, name_key);
-- Units of the currency for one euro on a day, as in the ECB's file; decimal text.
CREATE TABLE rates (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  currency TEXT COLLATE "C" NOT NULL,
  day BIGINT NOT NULL,
  per_euro TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (merchant_id, currency, day)
);
-- The next number of a series (customers, orders): locked last.
CREATE TABLE series (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  next BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);

-- Customers. The kept columns below `change_stamp` are worked out from facts (customers::facts) in the same transaction.
CREATE TABLE customers (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  phone TEXT NOT NULL,
  phone_key TEXT COLLATE "C" NOT NULL,
  language TEXT NOT NULL,
  company TEXT NOT NULL,
  company_id TEXT NOT NULL,
  company_email TEXT NOT NULL,
  tax_id TEXT NOT NULL,
  vat_number TEXT NOT NULL,
  billing_line1 TEXT NOT NULL,
  billing_line2 TEXT NOT NULL,
  billing_city TEXT NOT NULL,
  billing_state TEXT NOT NULL,
  billing_zip TEXT NOT NULL,
  billing_country TEXT NOT NULL,
  delivery_same BOOLEAN NOT NULL,
  delivery_line1 TEXT NOT NULL,
  delivery_line2 TEXT NOT NULL,
  delivery_city TEXT NOT NULL,
  delivery_state TEXT NOT NULL,
  delivery_zip TEXT NOT NULL,
  delivery_country TEXT NOT NULL,
  shop_id TEXT COLLATE "C",
  group_id TEXT COLLATE "C",
  avatar_id TEXT COLLATE "C",
  marketing BOOLEAN NOT NULL,
  marketing_at BIGINT,
  metadata TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  archived_at BIGINT,
  deleted_at BIGINT,
  anonymised_at BIGINT,
  merged_into TEXT COLLATE "C",
  import_id TEXT COLLATE "C",
  version BIGINT NOT NULL,
  event_version BIGINT NOT NULL,
  sort_name TEXT COLLATE "C" NOT NULL,
  change_stamp BIGINT NOT NULL,
  status BIGINT NOT NULL,
  status_until BIGINT,
  status_cause TEXT NOT NULL,
  method_status BIGINT NOT NULL,
  method_expires_day BIGINT,
  default_method_id TEXT COLLATE "C",
  oldest_method_id TEXT COLLATE "C",
  lifetime BIGINT NOT NULL,
  lifetime_missing BOOLEAN NOT NULL,
  order_count BIGINT NOT NULL,
  order_total BIGINT NOT NULL,
  payment_count BIGINT NOT NULL,
  dispute_count BIGINT NOT NULL,
  open_dispute_count BIGINT NOT NULL,
  balance_due BIGINT NOT NULL,
  first_order_at BIGINT,
  last_order_at BIGINT,
  first_paid_at BIGINT,
  last_paid_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX customers_number ON customers (merchant_id, number);
CREATE INDEX customers_email ON customers (merchant_id, email_key) WHERE email_key <> '';
CREATE INDEX customers_phone ON customers (merchant_id, phone_key) WHERE phone_key <> '';
CREATE INDEX customers_group ON customers (merchant_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX customers_change ON customers (merchant_id, change_stamp);
CREATE INDEX customers_status_until ON customers (merchant_id, status_until) WHERE status_until IS NOT NULL;
-- What was deleted permanently, so that images in memory forget it too. Ids only.
CREATE TABLE customers_gone (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  change_stamp BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX customers_gone_change ON customers_gone (merchant_id, change_stamp);
-- Further e-mail addresses and phones; the primary ones stand in the customer's row.
CREATE TABLE customer_contacts (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  value TEXT NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX customer_contacts_customer ON customer_contacts (merchant_id, customer_id);
CREATE INDEX customer_contacts_key ON customer_contacts (merchant_id, kind, key);
CREATE TABLE customer_tags (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  tag_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, tag_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, tag_id) REFERENCES tags (merchant_id, id)
);
CREATE INDEX customer_tags_tag ON customer_tags (merchant_id, tag_id);
-- Shops where the customer has an order (kept).
CREATE TABLE customer_shops (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, shop_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
-- Per currency: what was paid, refunded, lost (kept). Lifetime value is paid - refunded - lost. There is a row, perhaps of zeros, for each
-- currency of an order or payment, so that a new rate finds the customers it touches.
CREATE TABLE customer_totals (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL,
  paid BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, customer_id, currency),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX customer_totals_currency ON customer_totals (merchant_id, currency, customer_id);
CREATE TABLE external_ids (
  merchant_id TEXT COLLATE "C" NOT NULL,
  system TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, system, external_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX external_ids_customer ON external_ids (merchant_id, customer_id);
CREATE TABLE notes (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  author_kind TEXT NOT NULL,
  author_id TEXT NOT NULL,
  author_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  pinned_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX notes_customer ON notes (merchant_id, customer_id, created_at);
CREATE TABLE avatars (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  content_type TEXT NOT NULL,
  bytes BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX avatars_customer ON avatars (merchant_id, customer_id);
CREATE TABLE views (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  list TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  shared BOOLEAN NOT NULL,
  query TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX views_name ON views (merchant_id, list, person_id, name_key);
-- What a person last used of a list (SPEC 1.6).
CREATE TABLE list_states (
  merchant_id TEXT COLLATE "C" NOT NULL,
  person_id TEXT COLLATE "C" NOT NULL,
  list TEXT COLLATE "C" NOT NULL,
  query TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, person_id, list)
);

-- What somebody is about to make and no row to lock exists for yet: the customer of a new e-mail address. Empty between transactions.
CREATE TABLE claims (
  merchant_id TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, key)
);

-- Orders and money.
CREATE TABLE orders (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C",
  customer_id TEXT COLLATE "C",
  guest BOOLEAN NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  abandoned_at BIGINT,
  currency TEXT NOT NULL,
  discount BIGINT NOT NULL,
  shipping BIGINT NOT NULL,
  tax BIGINT NOT NULL,
  total BIGINT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  phone_key TEXT COLLATE "C" NOT NULL,
  company TEXT NOT NULL,
  billing TEXT NOT NULL,
  delivery TEXT NOT NULL,
  note TEXT NOT NULL,
  flag TEXT NOT NULL,
  ordered_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  paid_at BIGINT,
  fulfilled_at BIGINT,
  closed_at BIGINT,
  cancelled_at BIGINT,
  import_id TEXT COLLATE "C",
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX orders_number ON orders (merchant_id, number);
CREATE UNIQUE INDEX orders_external ON orders (merchant_id, shop_id, external_id);
CREATE INDEX orders_customer ON orders (merchant_id, customer_id, ordered_at);
CREATE INDEX orders_guest_email ON orders (merchant_id, email_key) WHERE customer_id IS NULL AND email_key <> '';
CREATE INDEX orders_when ON orders (merchant_id, ordered_at, id);
-- Quantities and unit prices are exact decimal text in major units; the order's total is rounded once.
CREATE TABLE order_lines (
  merchant_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  sku TEXT NOT NULL,
  sku_key TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  PRIMARY KEY (merchant_id, order_id, position),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id)
);
CREATE INDEX order_lines_sku ON order_lines (merchant_id, sku_key, order_id);
CREATE TABLE payment_methods (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  provider_ref TEXT COLLATE "C",
  brand TEXT NOT NULL,
  last4 TEXT NOT NULL,
  expires_year BIGINT,
  expires_month BIGINT,
  fingerprint TEXT COLLATE "C" NOT NULL,
  billing TEXT NOT NULL,
  chosen BOOLEAN NOT NULL,
  last_outcome TEXT COLLATE "C" NOT NULL,
  added_at BIGINT NOT NULL,
  detached_at BIGINT,
  import_id TEXT COLLATE "C",
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX payment_methods_customer ON payment_methods (merchant_id, customer_id, added_at);
CREATE INDEX payment_methods_fingerprint ON payment_methods (merchant_id, fingerprint) WHERE fingerprint <> '';
CREATE UNIQUE INDEX payment_methods_ref ON payment_methods (merchant_id, provider, provider_ref);
CREATE TABLE payments (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C",
  customer_id TEXT COLLATE "C",
  method_id TEXT COLLATE "C",
  subscription_id TEXT COLLATE "C",
  provider TEXT COLLATE "C" NOT NULL,
  provider_ref TEXT COLLATE "C",
  status TEXT COLLATE "C" NOT NULL,
  live BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  refund_pending BIGINT NOT NULL,
  lost BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  brand TEXT NOT NULL,
  last4 TEXT NOT NULL,
  fingerprint TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  phone TEXT NOT NULL,
  phone_key TEXT COLLATE "C" NOT NULL,
  failure_code TEXT NOT NULL,
  failure_message TEXT NOT NULL,
  note TEXT NOT NULL,
  flag TEXT NOT NULL,
  paid_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  import_id TEXT COLLATE "C",
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, order_id) REFERENCES orders (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX payments_customer ON payments (merchant_id, customer_id, paid_at);
CREATE INDEX payments_order ON payments (merchant_id, order_id);
CREATE UNIQUE INDEX payments_ref ON payments (merchant_id, provider, provider_ref);
CREATE INDEX payments_guest_fingerprint ON payments (merchant_id, fingerprint, id) WHERE customer_id IS NULL AND fingerprint <> '';
CREATE INDEX payments_guest_email ON payments (merchant_id, email_key, id) WHERE customer_id IS NULL AND email_key <> '';
CREATE INDEX payments_guest_phone ON payments (merchant_id, phone_key, id) WHERE customer_id IS NULL AND phone_key <> '';
-- Cards, e-mails and phones that a customer's own payments brought and that are not in its row, contacts or methods: so that
-- a guest payment finds every customer it matches without an index over all payments (SPEC 2.8, kept).
CREATE TABLE payment_keys (
  merchant_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, kind, key, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX payment_keys_customer ON payment_keys (merchant_id, customer_id);
CREATE TABLE refunds (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  provider_ref TEXT COLLATE "C",
  external_id TEXT COLLATE "C",
  refunded_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  import_id TEXT COLLATE "C",
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE INDEX refunds_payment ON refunds (merchant_id, payment_id);
CREATE INDEX refunds_external ON refunds (merchant_id, external_id) WHERE external_id IS NOT NULL;
CREATE TABLE disputes (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  amount BIGINT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  provider_ref TEXT COLLATE "C",
  opened_at BIGINT NOT NULL,
  due_at BIGINT,
  closed_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE INDEX disputes_payment ON disputes (merchant_id, payment_id);
CREATE INDEX disputes_status ON disputes (merchant_id, status, due_at);
CREATE TABLE subscriptions (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  live BOOLEAN NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  cycle_unit TEXT COLLATE "C" NOT NULL,
  cycle_count BIGINT NOT NULL,
  provider TEXT COLLATE "C" NOT NULL,
  provider_ref TEXT COLLATE "C",
  method_id TEXT COLLATE "C",
  started_at BIGINT NOT NULL,
  trial_until BIGINT,
  next_payment_at BIGINT,
  ends_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  import_id TEXT COLLATE "C",
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX subscriptions_customer ON subscriptions (merchant_id, customer_id, started_at);
CREATE INDEX subscriptions_ends ON subscriptions (merchant_id, ends_at) WHERE ends_at IS NOT NULL AND status <> 'ended';
CREATE UNIQUE INDEX subscriptions_ref ON subscriptions (merchant_id, provider, provider_ref);
-- A guest payment that somebody attached, and what was moved, so that it can be undone (SPEC 2.8).
CREATE TABLE attachments (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  payment_id TEXT COLLATE "C" NOT NULL,
  order_id TEXT COLLATE "C",
  customer_id TEXT COLLATE "C" NOT NULL,
  reasons TEXT NOT NULL,
  attached_at BIGINT NOT NULL,
  attached_by TEXT NOT NULL,
  undone_at BIGINT,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, payment_id) REFERENCES payments (merchant_id, id)
);
CREATE INDEX attachments_payment ON attachments (merchant_id, payment_id);
CREATE INDEX attachments_customer ON attachments (merchant_id, customer_id);
-- Cancellations and adjustments of imported history that fit no payment: kept, shown, counted nowhere.
CREATE TABLE unmatched (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  shop_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  external_id TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  amount BIGINT NOT NULL,
  reason TEXT NOT NULL,
  happened_at BIGINT NOT NULL,
  import_id TEXT COLLATE "C",
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX unmatched_customer ON unmatched (merchant_id, customer_id);
CREATE UNIQUE INDEX unmatched_external ON unmatched (merchant_id, shop_id, external_id);

-- What happened (timeline and audit in one), and what may have to be forgotten beside it.
CREATE TABLE events (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  door TEXT NOT NULL,
  customer_id TEXT COLLATE "C",
  version BIGINT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  cause TEXT NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX events_customer ON events (merchant_id, customer_id, version);
CREATE INDEX events_when ON events (merchant_id, at, id);
-- Settings, staff, sign-ins: few among millions of changes of customers, and what an audit looks for.
CREATE INDEX events_apart ON events (merchant_id, at, id) WHERE customer_id IS NULL;
CREATE TABLE event_values (
  merchant_id TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  field TEXT COLLATE "C" NOT NULL,
  old TEXT,
  new TEXT,
  PRIMARY KEY (merchant_id, event_id, field)
);

-- Long work.
CREATE TABLE jobs (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  input TEXT NOT NULL,
  cursor TEXT NOT NULL,
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  result TEXT NOT NULL,
  error TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  cancel_asked BOOLEAN NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_rights TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX jobs_when ON jobs (merchant_id, created_at);
-- One outcome for every row a job was asked to work on; `before` is what undo puts back.
CREATE TABLE job_rows (
  merchant_id TEXT COLLATE "C" NOT NULL,
  job_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  outcome TEXT COLLATE "C" NOT NULL,
  reason TEXT NOT NULL,
  before TEXT,
  PRIMARY KEY (merchant_id, job_id, position)
);
CREATE TABLE imports (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  layout TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_hash TEXT COLLATE "C" NOT NULL,
  input TEXT NOT NULL,
  shop_id TEXT COLLATE "C",
  state TEXT COLLATE "C" NOT NULL,
  cursor TEXT NOT NULL,
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  created BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  result TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  lease_until BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (merchant_id, id)
);
-- The journal of an import, in order: what it made (before is null) and what it changed, so that it can leave nothing behind.
CREATE TABLE import_rows (
  merchant_id TEXT COLLATE "C" NOT NULL,
  import_id TEXT COLLATE "C" NOT NULL,
  position BIGINT NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  row_id TEXT COLLATE "C" NOT NULL,
  before TEXT,
  PRIMARY KEY (merchant_id, import_id, position)
);
-- The first answer to a request with an Idempotency-Key, or to a form pressed once.
CREATE TABLE replies (
  merchant_id TEXT COLLATE "C" NOT NULL,
  actor_id TEXT COLLATE "C" NOT NULL,
  key TEXT COLLATE "C" NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  location TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, actor_id, key)
);
CREATE INDEX replies_when ON replies (merchant_id, created_at);
