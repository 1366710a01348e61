-- What a merchant's data says, without ids and without the moments at which we happened to write it: two databases that
-- hold the same trade give the same lines, whatever the engine. Sort the output before comparing.
SELECT 'shop', name, currency, country FROM shops;

SELECT 'customer', c.number, c.name, c.first_name, c.last_name, c.email, c.phone, c.language, c.company, c.company_id, c.company_email,
  c.tax_id, c.vat_number, c.billing_line1, c.billing_line2, c.billing_city, c.billing_state, c.billing_zip, c.billing_country,
  CASE WHEN c.delivery_same THEN 1 ELSE 0 END, c.delivery_line1, c.delivery_city, c.delivery_zip, c.delivery_country,
  s.name, g.name, CASE WHEN c.marketing THEN 1 ELSE 0 END, c.metadata, CASE WHEN c.archived_at IS NULL THEN 1 ELSE 0 END, c.sort_name
  FROM customers c
  LEFT JOIN shops s ON s.merchant_id = c.merchant_id AND s.id = c.shop_id
  LEFT JOIN customer_groups g ON g.merchant_id = c.merchant_id AND g.id = c.group_id;

SELECT 'facts', number, status, status_until, status_cause, method_status, method_expires_day, lifetime,
  CASE WHEN lifetime_missing THEN 1 ELSE 0 END, order_count, order_total, payment_count, dispute_count, open_dispute_count,
  balance_due, first_order_at, last_order_at, first_paid_at, last_paid_at, version, event_version
  FROM customers;

SELECT 'contact', c.number, k.kind, k.value FROM customer_contacts k
  JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id;

SELECT 'tag', c.number, t.name FROM customer_tags k
  JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
  JOIN tags t ON t.merchant_id = k.merchant_id AND t.id = k.tag_id;

SELECT 'total', c.number, t.currency, t.paid, t.refunded, t.lost FROM customer_totals t
  JOIN customers c ON c.merchant_id = t.merchant_id AND c.id = t.customer_id;

SELECT 'shop of', c.number, s.name FROM customer_shops k
  JOIN customers c ON c.merchant_id = k.merchant_id AND c.id = k.customer_id
  JOIN shops s ON s.merchant_id = k.merchant_id AND s.id = k.shop_id;

SELECT 'external', c.number, x.system, x.external_id FROM external_ids x
  JOIN customers c ON c.merchant_id = x.merchant_id AND c.id = x.customer_id;

SELECT 'note', c.number, n.body FROM notes n
  JOIN customers c ON c.merchant_id = n.merchant_id AND c.id = n.customer_id;

SELECT 'order', s.name, o.number, o.external_id, c.number, CASE WHEN o.guest THEN 1 ELSE 0 END, o.state, o.currency, o.discount,
  o.shipping, o.tax, o.total, o.email, o.name, o.flag, o.ordered_at
  FROM orders o
  JOIN shops s ON s.merchant_id = o.merchant_id AND s.id = o.shop_id
  LEFT JOIN customers c ON c.merchant_id = o.merchant_id AND c.id = o.customer_id;

SELECT 'line', o.number, l.position, l.sku, l.title, l.quantity, l.unit_price FROM order_lines l
  JOIN orders o ON o.merchant_id = l.merchant_id AND o.id = l.order_id;

SELECT 'payment', o.number, c.number, p.provider, p.provider_ref, p.status, p.kind, CASE WHEN p.live THEN 1 ELSE 0 END, p.currency,
  p.amount, p.refunded, p.refund_pending, p.lost, p.flag, p.paid_at
  FROM payments p
  LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id
  LEFT JOIN customers c ON c.merchant_id = p.merchant_id AND c.id = p.customer_id;

SELECT 'refund', o.number, r.external_id, r.amount, r.currency, r.status, r.refunded_at FROM refunds r
  JOIN payments p ON p.merchant_id = r.merchant_id AND p.id = r.payment_id
  LEFT JOIN orders o ON o.merchant_id = p.merchant_id AND o.id = p.order_id;

SELECT 'unmatched', c.number, u.kind, u.external_id, u.currency, u.amount, u.reason, u.happened_at FROM unmatched u
  LEFT JOIN customers c ON c.merchant_id = u.merchant_id AND c.id = u.customer_id;

SELECT 'event', c.number, e.version, e.kind, e.subject_kind, e.door, e.cause FROM events e
  LEFT JOIN customers c ON c.merchant_id = e.merchant_id AND c.id = e.customer_id;
