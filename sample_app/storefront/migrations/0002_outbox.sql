-- safe: yes

CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    type TEXT NOT NULL,
    order_id TEXT NOT NULL,
    at TEXT NOT NULL,
    payload TEXT NOT NULL
);

-- How far the reader of the outbox has come: one row.
CREATE TABLE outbox_progress (
    confirmed BIGINT NOT NULL
);

INSERT INTO outbox_progress (confirmed) VALUES (0);
