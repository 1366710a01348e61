-- A buyer who comes back from PayPal's page brings its number of the order alone.
CREATE INDEX payment_links_page ON payment_links (checkout_ref) WHERE checkout = 'ready';
