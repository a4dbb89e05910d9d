-- safe: yes

CREATE INDEX stock_by_category ON stock (category, sku);
