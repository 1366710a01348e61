-- What the planner of SQLite should believe about the new indexes (see 0004): those over all rows tell nearly all by the second column; those
-- with a condition hold few rows.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('tickets', 'sqlite_autoindex_tickets_1', '1000000 1000000 1'),
  ('tickets', 'tickets_number', '1000000 1000000 1'),
  ('tickets', 'tickets_listed', '1000000 1000000 10 2 2 2 2 2'),
  ('tickets', 'tickets_unsettled', '20000 20000 10000 2 2 2 2 2'),
  ('tickets', 'tickets_created', '1000000 1000000 10 2'),
  ('tickets', 'tickets_customer', '900000 900000 10 2 2'),
  ('tickets', 'tickets_subject', '1000000 1000000 10'),
  ('ticket_entries', 'sqlite_autoindex_ticket_entries_1', '5000000 5000000 1'),
  ('ticket_entries', 'ticket_entries_ticket', '5000000 5000000 5 2 2'),
  ('ticket_tags', 'sqlite_autoindex_ticket_tags_1', '1000000 1000000 2 1'),
  ('ticket_tags', 'ticket_tags_name', '1000000 1000000 1000 2'),
  ('tasks', 'sqlite_autoindex_tasks_1', '1000000 1000000 1'),
  ('tasks', 'tasks_listed', '1000000 1000000 300 2 2 2 2 2 2 2'),
  ('tasks', 'tasks_open', '20000 20000 500 10 2'),
  ('tasks', 'tasks_created', '1000000 1000000 10 2'),
  ('tasks', 'tasks_customer', '900000 900000 10 2'),
  ('tasks', 'tasks_subject', '1000000 1000000 250000 2'),
  ('tasks', 'tasks_title', '1000000 1000000 10');
