-- Who was merged into a customer: few rows, asked for whenever one is to go for good.
CREATE INDEX customers_merged ON customers (merchant_id, merged_into) WHERE merged_into IS NOT NULL;
