-- The list of invoices: the buyer's country as it stands on the paper, beside the snapshot, so that lists can ask for it; one index for the usual
-- order that also holds what is filtered and counted, and small ones for what is rare and for the other orders.
ALTER TABLE invoices ADD COLUMN country TEXT COLLATE "C" NOT NULL DEFAULT '';
DROP INDEX invoices_when;
CREATE INDEX invoices_listed ON invoices (merchant_id, created_at, id, state, kind, shop_id, currency, country, total, issued_on, due_on, customer_id);
CREATE INDEX invoices_unpaid ON invoices (merchant_id, created_at, id, state, due_on) WHERE state IN ('open', 'partly_paid');
CREATE INDEX invoices_drafts ON invoices (merchant_id, created_at, id) WHERE state = 'draft';
CREATE INDEX invoices_credits ON invoices (merchant_id, created_at, id) WHERE kind = 'credit_note';
CREATE INDEX invoices_issued ON invoices (merchant_id, COALESCE(issued_on, 9223372036854775807), id);
CREATE INDEX invoices_due ON invoices (merchant_id, COALESCE(due_on, 9223372036854775807), id);
CREATE INDEX invoices_total ON invoices (merchant_id, total, id);
