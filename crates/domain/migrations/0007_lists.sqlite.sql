-- What the planner of SQLite should believe about the new indexes (see 0004): those over all rows tell nearly all by the second column; those
-- with a condition hold few rows.
DELETE FROM sqlite_stat1 WHERE idx IN ('payments_when', 'orders_when');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('payments', 'payments_listed', '5000000 5000000 50 2 2 2 2 2 2 2 2 2 2 2 2'),
  ('payments', 'payments_unsettled', '100000 100000 25000 2 2'),
  ('payments', 'payments_back', '100000 100000 2 2'),
  ('payments', 'payments_test', '10000 10000 2 2'),
  ('payments', 'payments_flagged', '10000 10000 2 2'),
  ('payments', 'payments_amount', '5000000 5000000 500 2'),
  ('payments', 'payments_last4', '5000000 5000000 500'),
  ('payments', 'payments_guest_name', '500000 500000 5'),
  ('orders', 'orders_listed', '5000000 5000000 50 2 2 2 2 2 2 2 2'),
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
