-- safe: yes

CREATE TABLE stock (
    sku TEXT PRIMARY KEY,
    category TEXT NOT NULL,
    stock INTEGER NOT NULL
);

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    status TEXT NOT NULL,
    quote TEXT NOT NULL,
    placed_at TEXT NOT NULL
);

CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    order_id TEXT NOT NULL
);
