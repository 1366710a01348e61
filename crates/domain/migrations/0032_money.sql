-- A buyer who comes back from PayPal's page brings its number of the order alone.
CREATE INDEX payment_links_page ON payment_links (checkout_ref) WHERE checkout = 'ready';
-- What is taken off a single line: `10%` of it, or an exact amount in major units (`5`); empty is nothing.
ALTER TABLE order_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE offer_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
ALTER TABLE return_lines ADD COLUMN discount TEXT NOT NULL DEFAULT '';
