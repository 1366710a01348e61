UPDATE invoices SET country = COALESCE(json_extract(buyer, '$.address.country'), '');
