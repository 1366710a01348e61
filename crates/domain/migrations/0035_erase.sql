-- What somebody bought as a guest is found by the number they left, when they are erased.
CREATE INDEX orders_guest_phone ON orders (merchant_id, phone_key) WHERE customer_id IS NULL AND phone_key <> '';
