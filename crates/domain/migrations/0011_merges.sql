-- Who was merged into whom (SPEC 10.1), and, until the term of undo is over, what undo needs: which rows were moved and what was changed.
CREATE TABLE merge_settings (
  merchant_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES merchants (id),
  undo_days BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
-- `moved` is JSON of counts. `kept` while the undo copy is there.
CREATE TABLE merges (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  gone_id TEXT COLLATE "C" NOT NULL,
  survivor_id TEXT COLLATE "C" NOT NULL,
  moved TEXT NOT NULL,
  merged_at BIGINT NOT NULL,
  merged_by TEXT NOT NULL,
  undo_until BIGINT NOT NULL,
  kept BOOLEAN NOT NULL,
  undone_at BIGINT,
  undone_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX merges_survivor ON merges (merchant_id, survivor_id, id);
CREATE INDEX merges_gone ON merges (merchant_id, gone_id, id);
CREATE INDEX merges_kept ON merges (merchant_id, undo_until) WHERE kept;
-- Each row that a merge moved or added, by the mark of its move and its own key.
CREATE TABLE merge_moves (
  merchant_id TEXT COLLATE "C" NOT NULL,
  merge_id TEXT COLLATE "C" NOT NULL,
  mark TEXT COLLATE "C" NOT NULL,
  row_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, merge_id, mark, row_id),
  FOREIGN KEY (merchant_id, merge_id) REFERENCES merges (merchant_id, id)
);
-- What a merge changed in a row: the values before and after, as JSON.
CREATE TABLE merge_copies (
  merchant_id TEXT COLLATE "C" NOT NULL,
  merge_id TEXT COLLATE "C" NOT NULL,
  mark TEXT COLLATE "C" NOT NULL,
  row_id TEXT COLLATE "C" NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (merchant_id, merge_id, mark, row_id),
  FOREIGN KEY (merchant_id, merge_id) REFERENCES merges (merchant_id, id)
);
CREATE INDEX mails_customer ON mails (merchant_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX blocks_of ON blocks (merchant_id, key);
