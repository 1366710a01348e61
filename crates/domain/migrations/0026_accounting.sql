-- Accounting services (SPEC 13.3): how a merchant is connected, what is exported and how far it came, and the log of every try (SPEC 2.13).
CREATE TABLE accounting_connections (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  service TEXT COLLATE "C" NOT NULL,
  site TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  office TEXT NOT NULL,
  place TEXT NOT NULL,
  client_id TEXT NOT NULL,
  client_secret TEXT NOT NULL,
  tokens TEXT NOT NULL,
  tokens_version BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  refreshed_at BIGINT NOT NULL,
  refresh_until BIGINT NOT NULL,
  refresh_by TEXT NOT NULL,
  oauth_hash TEXT COLLATE "C",
  oauth_session TEXT COLLATE "C",
  oauth_until BIGINT,
  mapping TEXT NOT NULL,
  sheets TEXT NOT NULL,
  sheets_at BIGINT,
  daily BOOLEAN NOT NULL,
  run_id TEXT COLLATE "C",
  collected_at BIGINT NOT NULL,
  quiet_until BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT NOT NULL,
  worked_at BIGINT NOT NULL,
  words TEXT NOT NULL,
  connected_at BIGINT,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE UNIQUE INDEX accounting_connections_service ON accounting_connections (merchant_id, service);
CREATE INDEX accounting_connections_on ON accounting_connections (worked_at, merchant_id, id) WHERE state = 'on';
-- One row for each customer and each invoice or credit note that is exported. `looked` says that it is known not to be there: nothing is sent without.
CREATE TABLE accounting_exports (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  connection_id TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  run_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  reference TEXT NOT NULL,
  looked BOOLEAN NOT NULL,
  remote TEXT,
  remote_number TEXT NOT NULL,
  version BIGINT NOT NULL,
  paid BOOLEAN,
  check_at BIGINT,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  words TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  done_at BIGINT,
  PRIMARY KEY (merchant_id, connection_id, subject_id)
);
CREATE INDEX accounting_exports_due ON accounting_exports (merchant_id, connection_id, state, run_id, kind, next_at, subject_id);
CREATE INDEX accounting_exports_check ON accounting_exports (merchant_id, connection_id, check_at) WHERE check_at IS NOT NULL;
CREATE INDEX accounting_exports_customer ON accounting_exports (merchant_id, customer_id) WHERE customer_id IS NOT NULL;
-- A run is a job; this says of which connection.
CREATE TABLE accounting_runs (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  connection_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, connection_id) REFERENCES accounting_connections (merchant_id, id)
);
CREATE INDEX accounting_runs_connection ON accounting_runs (merchant_id, connection_id, created_at, id);
CREATE TABLE accounting_log (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  connection_id TEXT COLLATE "C" NOT NULL,
  run_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  reference TEXT NOT NULL,
  action TEXT COLLATE "C" NOT NULL,
  result TEXT COLLATE "C" NOT NULL,
  remote_number TEXT NOT NULL,
  words TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX accounting_log_customer ON accounting_log (merchant_id, customer_id, created_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX accounting_log_run ON accounting_log (merchant_id, run_id, created_at, id);
-- What was issued since a run looked last.
CREATE INDEX invoices_issued_at ON invoices (merchant_id, issued_at, id) WHERE issued_at IS NOT NULL;
