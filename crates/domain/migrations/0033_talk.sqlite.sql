-- What the planner of SQLite should believe about it (see 0004).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('tickets', 'tickets_priority', '1000000 1000000 250000 1');
