-- What the counts of options are read from: each combination stands together, in the order and in the very words in which they are asked for (see
-- lists::build), so that five million rows need no sorting; the columns
-- behind are what these words are made of, without which the planner would go to the rows. PostgreSQL hashes instead, and needs none.
CREATE INDEX payments_tally ON payments (merchant_id,
  CASE WHEN status = 'settled' AND refunded = 0 AND lost = 0 THEN 'paid'
    WHEN status <> 'settled' AND status = 'pending' THEN 'pending'
    WHEN status <> 'settled' AND status = 'failed' THEN 'failed'
    WHEN status <> 'settled' AND status = 'bounced' THEN 'bounced'
    WHEN (refunded > 0 OR lost > 0) AND status = 'settled' AND lost = 0 AND refunded < amount THEN 'partly_refunded'
    WHEN (refunded > 0 OR lost > 0) AND status = 'settled' AND lost = 0 AND refunded >= amount THEN 'refunded'
    WHEN (refunded > 0 OR lost > 0) AND status = 'settled' AND lost > 0 THEN 'dispute_lost' ELSE '' END,
  provider, kind, shop_id, currency,
  CASE WHEN customer_id IS NULL THEN 'true' WHEN customer_id IS NOT NULL THEN 'false' ELSE '' END,
  CASE WHEN live THEN 'live' WHEN NOT live THEN 'test' ELSE '' END,
  CASE WHEN flag <> '' THEN 'true' WHEN flag = '' THEN 'false' ELSE '' END,
  CASE WHEN status = 'settled' AND provider <> 'store_credit' THEN amount - refunded - lost ELSE 0 END,
  status, live, amount, refunded, lost, customer_id, flag);
CREATE INDEX orders_tally ON orders (merchant_id,
  CASE WHEN state IN ('draft', 'cancelled') AND state = 'draft' THEN 'draft' WHEN state = 'open' THEN 'open' WHEN state = 'paid' THEN 'paid'
    WHEN state = 'fulfilled' THEN 'fulfilled' WHEN state = 'closed' THEN 'closed'
    WHEN state IN ('draft', 'cancelled') AND state = 'cancelled' THEN 'cancelled' ELSE '' END,
  CASE WHEN abandoned_at IS NOT NULL THEN 'true' WHEN abandoned_at IS NULL THEN 'false' ELSE '' END,
  shop_id, currency,
  CASE WHEN customer_id IS NULL THEN 'true' WHEN customer_id IS NOT NULL THEN 'false' ELSE '' END,
  CASE WHEN flag <> '' THEN 'true' WHEN flag = '' THEN 'false' ELSE '' END,
  CASE WHEN state NOT IN ('draft', 'cancelled') AND abandoned_at IS NULL THEN total ELSE 0 END,
  state, abandoned_at, customer_id, flag, total);
-- What the planner of SQLite should believe about the new indexes (see 0004): those over all rows tell nearly all by the second column; those
-- with a condition hold few rows.
DELETE FROM sqlite_stat1 WHERE idx IN ('payments_when', 'orders_when');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('payments', 'payments_listed', '5000000 5000000 50 2 2 2 2 2 2 2 2 2 2 2 2'),
  ('payments', 'payments_tally', '5000000 5000000 1000000 500000 300000 100000 50000 40000 40000 40000 5 5 5 5 5 5 5 5'),
  ('payments', 'payments_unsettled', '100000 100000 25000 2 2 2 2 2 2 2 2 2 2'),
  ('payments', 'payments_back', '100000 100000 2 2 2 2 2 2 2 2 2 2 2 2 2'),
  ('payments', 'payments_test', '10000 10000 2 2'),
  ('payments', 'payments_flagged', '10000 10000 2 2'),
  ('payments', 'payments_amount', '5000000 5000000 500 2'),
  ('payments', 'payments_last4', '5000000 5000000 500'),
  ('payments', 'payments_guest_name', '500000 500000 5'),
  ('orders', 'orders_listed', '5000000 5000000 50 2 2 2 2 2 2 2 2'),
  ('orders', 'orders_tally', '5000000 5000000 1000000 900000 300000 150000 100000 100000 5 5 5 5 5 5'),
  ('orders', 'orders_rare', '100000 100000 50000 2 2'),
  ('orders', 'orders_abandoned', '100000 100000 2 2'),
  ('orders', 'orders_flagged', '10000 10000 2 2'),
  ('orders', 'orders_total', '5000000 5000000 500 2'),
  ('orders', 'orders_guest_name', '500000 500000 5'),
  ('disputes', 'disputes_listed', '1000000 1000000 10 2 2 2 2 2 2'),
  ('disputes', 'disputes_ref', '1000000 1000000 2'),
  ('subscriptions', 'subscriptions_listed', '1000000 1000000 10 2 2 2 2 2 2 2 2'),
  ('subscriptions', 'subscriptions_next', '1000000 1000000 10 2'),
  ('subscriptions', 'subscriptions_amount', '1000000 1000000 500 2'),
  ('subscriptions', 'subscriptions_name', '1000000 1000000 1000');
