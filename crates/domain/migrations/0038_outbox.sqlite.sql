DELETE FROM sqlite_stat1 WHERE idx = 'mails_listed';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('mails', 'mails_listed', '1000000 100000 2 1 1 1 1 1 1 1');
