-- What the planner of SQLite should believe about a large merchant, so that it chooses well before anybody ran ANALYZE: merchant_id alone,
-- which every key begins with, tells nothing; a kind, a state, a shop or a provider tells little; everything else tells nearly all.
-- Without this it thinks that ten rows belong to a merchant, and goes over all orders of one to find those of a customer.
-- ANALYZE is here for the table it makes; what it finds is not kept, so it may look at little.
PRAGMA analysis_limit = 1;
ANALYZE;
DELETE FROM sqlite_stat1;
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
      CASE WHEN t.name IN ('merchants', 'shops', 'series', 'customer_groups', 'claims') THEN 10
        WHEN t.name IN ('people', 'staff', 'sessions', 'invitations', 'api_keys', 'job_queue', 'tags', 'views', 'list_states', 'imports') THEN 1000
        WHEN t.name IN ('orders', 'payments', 'order_lines', 'events', 'event_values') THEN 5000000
        ELSE 1000000 END AS n
    FROM sqlite_schema t JOIN pragma_index_list(t.name) l JOIN pragma_index_info(l.name) i
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN ('schema_migrations', 'store_counter')
  ) i
) GROUP BY tbl, idx;
