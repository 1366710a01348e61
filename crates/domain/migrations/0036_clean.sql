-- Who has the same tax id, VAT number or company, while a customer is typed or imported; written in any way.
CREATE INDEX customers_tax ON customers (merchant_id, LOWER(REPLACE(REPLACE(REPLACE(tax_id, ' ', ''), '.', ''), '-', ''))) WHERE tax_id <> '';
CREATE INDEX customers_vat ON customers (merchant_id, LOWER(REPLACE(REPLACE(REPLACE(vat_number, ' ', ''), '.', ''), '-', ''))) WHERE vat_number <> '';
CREATE INDEX customers_company ON customers (merchant_id, LOWER(company), sort_name) WHERE company <> '';
