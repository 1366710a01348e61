-- Customer numbers that were brought from elsewhere and went with an erasure, as keyed hashes: whoever comes again under one is known to be erased (SPEC 11.2).
CREATE TABLE erased_numbers (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  number_hash TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, number_hash)
);
