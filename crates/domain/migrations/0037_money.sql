-- A method of test mode pays no real money: it counts neither as the default nor for a status. What is known of those that are there: the test provider's
-- are, and those by which only tests were paid.
ALTER TABLE payment_methods ADD COLUMN live BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE payment_methods SET live = FALSE, chosen = FALSE WHERE provider = 'test' OR (
  EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = payment_methods.merchant_id AND p.customer_id = payment_methods.customer_id
    AND p.method_id = payment_methods.id AND NOT p.live)
  AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.merchant_id = payment_methods.merchant_id AND p.customer_id = payment_methods.customer_id
    AND p.method_id = payment_methods.id AND p.live));
-- What is kept about their customers is worked out anew by the next sweep: it takes those whose time is over.
UPDATE customers SET status_until = 1 WHERE EXISTS (SELECT 1 FROM payment_methods m WHERE m.merchant_id = customers.merchant_id
  AND m.customer_id = customers.id AND NOT m.live);
