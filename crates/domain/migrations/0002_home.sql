-- What Home counts: the money of a month, and orders that wait for money.
CREATE INDEX payments_when ON payments (merchant_id, paid_at, id);
CREATE INDEX orders_open ON orders (merchant_id, ordered_at, id) WHERE state = 'open';
