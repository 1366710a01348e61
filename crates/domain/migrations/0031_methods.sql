-- Payment methods that customers add by themselves (SPEC 12.2). A row is one press of the customer and guarded by its lock. No number of a card is ever here:
-- the provider has a page of its own for it, `reference` and `url` say which. `method_ref` is what the provider calls the method, once it has told.
CREATE TABLE method_setups (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  shop_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reference TEXT COLLATE "C",
  url TEXT NOT NULL,
  until BIGINT NOT NULL,
  words TEXT NOT NULL,
  method_ref TEXT COLLATE "C",
  method_id TEXT COLLATE "C",
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, shop_id) REFERENCES shops (merchant_id, id)
);
CREATE INDEX method_setups_customer ON method_setups (merchant_id, customer_id, created_at);
CREATE INDEX method_setups_created ON method_setups (merchant_id, created_at);
