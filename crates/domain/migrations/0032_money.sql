-- A buyer who comes back from PayPal's page brings its number of the order alone.
CREATE INDEX payment_links_page ON payment_links (checkout_ref) WHERE checkout = 'ready';
-- What is taken off a single line: `10%` of it, or an exact amount in major units (`5`); empty is nothing.
ALTER TABLE order_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE offer_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE return_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
-- A door for a customer without a portal account: adds one payment method, for a shop. Of its secret only the hash is kept, from the moment at which its mail
-- is handed to a server. That it expired follows from the clock. `setup_id` is the press that it was used for.
CREATE TABLE method_links (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  recipient TEXT NOT NULL,
  hash TEXT COLLATE "C",
  setup_id TEXT COLLATE "C",
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE INDEX method_links_customer ON method_links (merchant_id, customer_id, created_at);
CREATE INDEX method_links_setup ON method_links (merchant_id, setup_id) WHERE setup_id IS NOT NULL;
CREATE UNIQUE INDEX method_links_hash ON method_links (hash) WHERE hash IS NOT NULL;
-- The link that a mail carries.
ALTER TABLE mails ADD COLUMN method_link_id TEXT COLLATE "C";
