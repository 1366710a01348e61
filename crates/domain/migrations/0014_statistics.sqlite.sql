-- What the planner of SQLite should believe about the tables and indexes that came since 0004, by the same rule. What already has its line keeps it.
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT tbl, idx, n || ' ' || group_concat(each, ' ' ORDER BY seqno) FROM (
  SELECT tbl, idx, seqno, n, CASE WHEN whole AND seqno = last THEN 1 ELSE MAX(2,
      n / CASE (SELECT COUNT(*) FROM pragma_index_info(idx) c WHERE c.seqno <= i.seqno
                AND c.name IN ('kind', 'status', 'state', 'shop_id', 'provider', 'system', 'currency', 'list', 'lifetime_missing'))
          WHEN 0 THEN 1 WHEN 1 THEN 4 ELSE 16 END
        / CASE (SELECT COUNT(*) FROM pragma_index_info(idx) c WHERE c.seqno <= i.seqno
                AND c.name NOT IN ('merchant_id', 'kind', 'status', 'state', 'shop_id', 'provider', 'system', 'currency', 'list', 'lifetime_missing'))
          WHEN 0 THEN 1 WHEN 1 THEN 100000 ELSE 1000000 END) END AS each
  FROM (
    SELECT t.name AS tbl, l.name AS idx, l."unique" AS whole, i.seqno AS seqno,
      (SELECT MAX(m.seqno) FROM pragma_index_info(l.name) m) AS last,
      CASE WHEN t.name IN ('plans', 'subscription_settings', 'provider_accounts', 'affiliates', 'duplicate_models', 'logos') THEN 10
        WHEN t.name IN ('merges', 'erasures', 'privacy_requests') THEN 10000
        WHEN t.name IN ('subscription_periods') THEN 5000000
        ELSE 1000000 END AS n
    FROM sqlite_schema t JOIN pragma_index_list(t.name) l JOIN pragma_index_info(l.name) i
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('schema_migrations', 'store_counter') AND l.name NOT IN (SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL)
  ) i
) GROUP BY tbl, idx;
-- Few are merged into others.
UPDATE sqlite_stat1 SET stat = '20000 20000 2' WHERE idx = 'customers_merged';
