-- The lists of payments, orders, disputes and subscriptions: one index for the usual order that also holds what is filtered and counted, so that
-- neither needs the rows; and small ones along which what is rare is walked in that order.
DROP INDEX payments_when;
CREATE INDEX payments_listed ON payments (merchant_id, paid_at, id, shop_id, provider, status, live, currency, amount, refunded, lost, kind, customer_id, flag);
CREATE INDEX payments_unsettled ON payments (merchant_id, status, paid_at, id, shop_id, provider, live, currency, amount, kind, customer_id, flag) WHERE status <> 'settled';
CREATE INDEX payments_back ON payments (merchant_id, paid_at, id, shop_id, provider, status, live, currency, amount, refunded, lost, kind, customer_id, flag) WHERE refunded > 0 OR lost > 0;
CREATE INDEX payments_test ON payments (merchant_id, paid_at, id) WHERE NOT live;
CREATE INDEX payments_flagged ON payments (merchant_id, paid_at, id) WHERE flag <> '';
CREATE INDEX payments_amount ON payments (merchant_id, amount, id);
CREATE INDEX payments_last4 ON payments (merchant_id, last4) WHERE last4 <> '';
CREATE INDEX payments_guest_name ON payments (merchant_id, (LOWER(name)) COLLATE "C") WHERE customer_id IS NULL AND name <> '';
DROP INDEX orders_when;
CREATE INDEX orders_listed ON orders (merchant_id, ordered_at, id, shop_id, state, abandoned_at, currency, total, customer_id, flag);
CREATE INDEX orders_rare ON orders (merchant_id, state, ordered_at, id) WHERE state IN ('draft', 'cancelled');
CREATE INDEX orders_abandoned ON orders (merchant_id, ordered_at, id) WHERE abandoned_at IS NOT NULL;
CREATE INDEX orders_flagged ON orders (merchant_id, ordered_at, id) WHERE flag <> '';
CREATE INDEX orders_total ON orders (merchant_id, total, id);
CREATE INDEX orders_guest_name ON orders (merchant_id, (LOWER(name)) COLLATE "C") WHERE customer_id IS NULL AND name <> '';
CREATE INDEX disputes_listed ON disputes (merchant_id, opened_at, id, payment_id, status, reason, currency, amount);
CREATE INDEX disputes_ref ON disputes (merchant_id, provider_ref) WHERE provider_ref IS NOT NULL;
CREATE INDEX subscriptions_listed ON subscriptions (merchant_id, started_at, id, shop_id, status, ends_at, cycle_unit, provider, currency, live);
CREATE INDEX subscriptions_next ON subscriptions (merchant_id, COALESCE(next_payment_at, 9223372036854775807), id);
CREATE INDEX subscriptions_amount ON subscriptions (merchant_id, amount, id);
CREATE INDEX subscriptions_name ON subscriptions (merchant_id, (LOWER(name)) COLLATE "C");
