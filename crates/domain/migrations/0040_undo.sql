-- What hangs on a payment is asked for each order of an import that is taken back, and of whoever is erased.
CREATE INDEX payment_refs_payment ON payment_refs (merchant_id, payment_id);
-- Which imports changed a customer.
CREATE INDEX import_rows_before ON import_rows (merchant_id, row_id) WHERE kind = 'before';
