-- Webhooks out (SPEC 13.2): who is told of events, what is still to be told, and what was answered.
CREATE TABLE webhook_endpoints (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  url TEXT NOT NULL,
  description TEXT NOT NULL,
  wants TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  off_reason TEXT COLLATE "C" NOT NULL,
  off_at BIGINT,
  secrets TEXT NOT NULL,
  previous_until BIGINT,
  failing_since BIGINT,
  failures BIGINT NOT NULL,
  slow BOOLEAN NOT NULL,
  quiet_until BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_by TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX webhook_endpoints_on ON webhook_endpoints (sent_at, merchant_id, id) WHERE state = 'on';
-- The filter of each endpoint that is on, one word a row: what every event asks when it is written.
CREATE TABLE webhook_wants (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  kind TEXT COLLATE "C" NOT NULL,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, kind, endpoint_id)
);
-- One message for each event and endpoint, written in the transaction of the event. Its body is made of the event when it is sent.
CREATE TABLE webhook_deliveries (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  endpoint_id TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL,
  attempts BIGINT NOT NULL,
  first_at BIGINT,
  next_at BIGINT NOT NULL,
  done_at BIGINT,
  status BIGINT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (merchant_id, endpoint_id, event_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (merchant_id, endpoint_id, next_at, event_id) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (merchant_id, endpoint_id, event_id) WHERE state = 'failed';
CREATE INDEX webhook_deliveries_done ON webhook_deliveries (merchant_id, done_at) WHERE done_at IS NOT NULL;
-- Every try with its answer, for 30 days. What a receiver answers may speak of people.
CREATE TABLE webhook_attempts (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  endpoint_id TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL,
  url TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  duration BIGINT NOT NULL,
  status BIGINT NOT NULL,
  error TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id)
);
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (merchant_id, endpoint_id, event_id, id);
CREATE INDEX webhook_attempts_old ON webhook_attempts (merchant_id, created_at);
