-- Which template of a shop speaks in a mail that goes by itself; without a line such a mail has plain words of its own.
CREATE TABLE shop_letters (
  merchant_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  template_id TEXT COLLATE "C" NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, shop_id, kind),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id),
  FOREIGN KEY (merchant_id, template_id) REFERENCES templates (merchant_id, id)
);
-- Whether the payer shall hear of a refund when it stands, and the one mail that says so.
ALTER TABLE refunds ADD COLUMN tell BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE refunds ADD COLUMN mail_id TEXT COLLATE "C";
-- Who of the staff made it: many small refunds of one person count as a large one.
ALTER TABLE refunds ADD COLUMN person_id TEXT COLLATE "C";
CREATE INDEX refunds_person ON refunds (merchant_id, person_id, created_at) WHERE person_id IS NOT NULL;
-- The last time a customer was in the portal; sessions go, this stays.
ALTER TABLE portal_access ADD COLUMN signed_in_at BIGINT;
-- So many days before a retention rule anonymises, the customer is written to; absent: nobody is.
ALTER TABLE retention_rules ADD COLUMN warn_days BIGINT;
-- Who was warned, since which last sign of life: a newer one makes the line count no more.
CREATE TABLE retention_warnings (
  merchant_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  last_at BIGINT NOT NULL,
  warned_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, customer_id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
-- The list of payment links. Those of a customer are read in the same order.
DROP INDEX payment_links_customer;
CREATE INDEX payment_links_customer ON payment_links (merchant_id, customer_id, created_at, id);
CREATE INDEX payment_links_listed ON payment_links (merchant_id, created_at, id, state, expires_at, shop_id, currency, amount, customer_id);
CREATE INDEX payment_links_open ON payment_links (merchant_id, created_at, id, expires_at) WHERE state = 'open';
CREATE INDEX payment_links_expires ON payment_links (merchant_id, expires_at, id);
CREATE INDEX payment_links_amount ON payment_links (merchant_id, amount, id);
CREATE INDEX payment_links_purpose ON payment_links (merchant_id, (LOWER(purpose)) COLLATE "C");
-- How tickets stood before a change of several, for as long as it can be taken back; `version` is the one behind the change.
CREATE TABLE ticket_changes (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  ticket_id TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  assignee_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id, ticket_id),
  FOREIGN KEY (merchant_id, ticket_id) REFERENCES tickets (merchant_id, id)
);
CREATE INDEX ticket_changes_ticket ON ticket_changes (merchant_id, ticket_id);
CREATE INDEX ticket_changes_old ON ticket_changes (merchant_id, created_at);
