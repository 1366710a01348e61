-- Tickets: what somebody wants and where it stands. `customer_id` and `assignee_id` are empty while nobody is linked or answers for it;
-- `settled_at` is since when it is solved or closed. `updated_at` moves with everything that is said or changed: lists go by it.
CREATE TABLE tickets (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  number TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  subject TEXT NOT NULL,
  status TEXT COLLATE "C" NOT NULL,
  priority TEXT COLLATE "C" NOT NULL,
  assignee_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  settled_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE UNIQUE INDEX tickets_number ON tickets (merchant_id, number);
CREATE INDEX tickets_listed ON tickets (merchant_id, updated_at, id, status, priority, assignee_id, customer_id);
CREATE INDEX tickets_unsettled ON tickets (merchant_id, status, updated_at, id, priority, assignee_id, customer_id) WHERE status IN ('open', 'waiting');
CREATE INDEX tickets_created ON tickets (merchant_id, created_at, id);
CREATE INDEX tickets_customer ON tickets (merchant_id, customer_id, updated_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX tickets_subject ON tickets (merchant_id, (LOWER(subject)) COLLATE "C");
-- What was said, in the order in which it was said.
CREATE TABLE ticket_entries (
  merchant_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  ticket_id TEXT COLLATE "C" NOT NULL,
  kind TEXT COLLATE "C" NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, ticket_id) REFERENCES tickets (merchant_id, id)
);
CREATE INDEX ticket_entries_ticket ON ticket_entries (merchant_id, ticket_id, created_at, id);
-- Words by which tickets are found again.
CREATE TABLE ticket_tags (
  merchant_id TEXT COLLATE "C" NOT NULL,
  ticket_id TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (merchant_id, ticket_id, name_key),
  FOREIGN KEY (merchant_id, ticket_id) REFERENCES tickets (merchant_id, id)
);
CREATE INDEX ticket_tags_name ON ticket_tags (merchant_id, name_key, ticket_id);

-- Tasks: what somebody has to do, and until when. `subject_kind` and `subject_id` say what it is on (a customer, an order, an invoice, a ticket, or
-- nothing); `customer_id` is whose that is (kept, held by verify). Days are days since 1970 where the merchant lives.
CREATE TABLE tasks (
  merchant_id TEXT COLLATE "C" NOT NULL REFERENCES merchants (id),
  id TEXT COLLATE "C" NOT NULL,
  customer_id TEXT COLLATE "C",
  subject_kind TEXT COLLATE "C" NOT NULL,
  subject_id TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  due_on BIGINT,
  remind_on BIGINT,
  assignee_id TEXT COLLATE "C" NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  done_at BIGINT,
  done_by TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, id),
  FOREIGN KEY (merchant_id, customer_id) REFERENCES customers (merchant_id, id)
);
CREATE INDEX tasks_listed ON tasks (merchant_id, COALESCE(due_on, 9223372036854775807), id, done_at, due_on, remind_on, assignee_id, subject_kind, customer_id);
CREATE INDEX tasks_open ON tasks (merchant_id, assignee_id, COALESCE(due_on, 9223372036854775807), id) WHERE done_at IS NULL;
CREATE INDEX tasks_created ON tasks (merchant_id, created_at, id);
CREATE INDEX tasks_customer ON tasks (merchant_id, customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX tasks_subject ON tasks (merchant_id, subject_kind, subject_id);
CREATE INDEX tasks_title ON tasks (merchant_id, (LOWER(title)) COLLATE "C");
