-- Pairs of customers that are likely one person (customers found by a job, never merged by themselves). The lower id is a_id. No personal data.
CREATE TABLE duplicate_pairs (
  merchant_id TEXT COLLATE "C" NOT NULL,
  a_id TEXT COLLATE "C" NOT NULL,
  b_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  -- How likely, in ten-thousandths.
  score BIGINT NOT NULL,
  why TEXT NOT NULL,
  -- The job that saw it last.
  run_id TEXT COLLATE "C" NOT NULL,
  found_at BIGINT NOT NULL,
  decided_at BIGINT,
  decided_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, a_id, b_id),
  FOREIGN KEY (merchant_id, a_id) REFERENCES customers (merchant_id, id),
  FOREIGN KEY (merchant_id, b_id) REFERENCES customers (merchant_id, id),
  CHECK (a_id < b_id),
  CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE INDEX duplicate_pairs_list ON duplicate_pairs (merchant_id, state, score, a_id, b_id);
CREATE INDEX duplicate_pairs_other ON duplicate_pairs (merchant_id, b_id);
-- The weights that the last run learnt from the merchant's own customers: numbers alone.
CREATE TABLE duplicate_models (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  weights TEXT NOT NULL,
  customers BIGINT NOT NULL,
  learnt_at BIGINT NOT NULL
);
-- Who lives in the same zip, while a customer is typed.
CREATE INDEX customers_zip ON customers (merchant_id, billing_zip, sort_name) WHERE billing_zip <> '';
