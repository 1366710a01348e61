-- What of a ticket's thread stands in a conversation too: the entry that it is there. By it one knows what became of a mail.
ALTER TABLE ticket_entries ADD COLUMN entry_id TEXT COLLATE "C";
-- The list of tickets, the most urgent first.
CREATE INDEX tickets_priority ON tickets (merchant_id, (CASE priority WHEN 'urgent' THEN 3 WHEN 'high' THEN 2 WHEN 'normal' THEN 1 ELSE 0 END), id);
