UPDATE invoices SET country = COALESCE(CAST(buyer AS json) -> 'address' ->> 'country', '');
