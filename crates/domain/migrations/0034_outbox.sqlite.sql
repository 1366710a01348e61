-- What the planner of SQLite should believe about it (see 0004).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('mails', 'mails_listed', '1000000 1000000 2 1 1'),
  ('mails', 'mails_open', '10000 10000 2 1 1'),
  ('mails', 'mails_recipient', '1000000 1000000 5');
