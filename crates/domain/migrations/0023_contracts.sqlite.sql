-- What the planner of SQLite should believe about the new indexes (see 0004): those over all rows tell nearly all by the second column; those
-- with a condition hold few rows.
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('contracts', 'sqlite_autoindex_contracts_1', '1000000 1000000 1'),
  ('contracts', 'contracts_number', '1000000 1000000 1'),
  ('contracts', 'contracts_customer', '1000000 1000000 10 2'),
  ('contracts', 'contracts_listed', '1000000 1000000 10 2 2 2 2 2 2 2 2'),
  ('contracts', 'contracts_open', '20000 20000 10 2 2 2 2'),
  ('contracts', 'contracts_end', '1000000 1000000 300 2'),
  ('contracts', 'contracts_notice', '1000000 1000000 300 2'),
  ('contracts', 'contracts_due', '20000 20000 10 2'),
  ('contracts', 'contracts_amount', '1000000 1000000 10 2'),
  ('contracts', 'contracts_title', '1000000 1000000 10'),
  ('contracts', 'contracts_act', '200000 200000 300 2'),
  ('order_lines', 'order_lines_title', '5000000 5000000 1000 2'),
  ('contract_files', 'sqlite_autoindex_contract_files_1', '1000000 1000000 1');
