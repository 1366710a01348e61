-- The counts of the outbox (SPEC 5.3) by what a mail carries come from its index too, and never read the mails themselves.
DROP INDEX mails_listed;
CREATE INDEX mails_listed ON mails (merchant_id, queued_at, id, state, invoice_id, offer_id, payment_link_id, method_link_id, portal_link_id);
