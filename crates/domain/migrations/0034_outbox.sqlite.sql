-- What the planner of SQLite should believe about it (see 0004). A merchant has a part of all mails: counts go along its own.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('mails', 'mails_listed', '1000000 100000 2 1 1'),
  ('mails', 'mails_open', '10000 1000 2 1 1'),
  ('mails', 'mails_recipient', '1000000 100000 5');
