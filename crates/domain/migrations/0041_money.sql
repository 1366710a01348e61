-- An id by which a payment was known before its capture had one of its own (a shop names Stripe's payment intent): a late word about another attempt under
-- that id is about this payment, and no payment of its own.
ALTER TABLE payment_refs ADD COLUMN named BOOLEAN NOT NULL DEFAULT FALSE;
