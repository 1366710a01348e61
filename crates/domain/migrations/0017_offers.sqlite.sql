-- What the planner of SQLite should believe about offers and returns, by the rule of 0014.
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
      1000000 AS n
    FROM sqlite_schema t JOIN pragma_index_list(t.name) l JOIN pragma_index_info(l.name) i
    WHERE t.type = 'table' AND t.name IN ('offers', 'offer_lines', 'offer_links', 'returns', 'return_lines', 'return_refunds', 'mails') AND l.name NOT IN (SELECT idx FROM sqlite_stat1 WHERE idx IS NOT NULL)
  ) i
) GROUP BY tbl, idx;
