"""The store's tables, as the ordered migrations that make them: (name, SQL) in running order.

A migration that has landed is never edited; a change is a new entry. `PRAGMA user_version` counts
the entries that a store has seen. No SQLite feature newer than 3.40.
"""

from __future__ import annotations

FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;

-- Feeds and what became of their frames: frames = stored + empty + rejected + dropped.
CREATE TABLE feeds (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- agents | witness
    clock TEXT NOT NULL,                -- wall | event | shift
    state TEXT NOT NULL,                -- connecting | live | stale | closed
    reason TEXT,                        -- the last error, one sentence
    last_frame_ns INTEGER,              -- received
    last_record_ns INTEGER,             -- newest time that a record carried
    interval_s REAL,                    -- expected between frames
    skew_s REAL,                        -- senders' clock minus ours
    frames INTEGER NOT NULL DEFAULT 0,
    frames_stored INTEGER NOT NULL DEFAULT 0,
    frames_empty INTEGER NOT NULL DEFAULT 0,
    frames_rejected INTEGER NOT NULL DEFAULT 0,
    frames_dropped INTEGER NOT NULL DEFAULT 0,
    spans INTEGER NOT NULL DEFAULT 0,
    spans_rejected INTEGER NOT NULL DEFAULT 0,
    rejections TEXT NOT NULL DEFAULT '{}',  -- JSON: reason -> count
    faults TEXT NOT NULL DEFAULT '{}',      -- JSON: what was mended or redacted -> count
    sampled INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE gaps (
    id INTEGER PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feeds,
    since_ns INTEGER NOT NULL,
    until_ns INTEGER,                   -- NULL: still open
    reason TEXT NOT NULL
);
CREATE INDEX gaps_by_feed ON gaps (feed_id, since_ns);

CREATE TABLE agents (
    agent TEXT PRIMARY KEY,
    name TEXT,
    version TEXT,
    service TEXT,
    feed_id INTEGER NOT NULL,
    first_seen_ns INTEGER NOT NULL,     -- on the feed's clock, like last_seen_ns
    last_seen_ns INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,
    interval_s REAL,                    -- p95 of the last 50 gaps inside runs
    span_count INTEGER NOT NULL DEFAULT 0,  -- net of re-attribution; at 0 the row goes
    identities TEXT NOT NULL DEFAULT '[]'   -- JSON: claimed PROVIDER:EXTERNAL_ID
) WITHOUT ROWID;

-- A process's attributes, once. content: msgpack of model.Resource.
CREATE TABLE resources (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    content BLOB NOT NULL
);
-- Every large text, once. content: zstd where packed = 1, else UTF-8.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,        -- blake2b, 16 bytes, of the UTF-8
    packed INTEGER NOT NULL,
    content BLOB NOT NULL,
    used_ns INTEGER NOT NULL            -- when a record last named it, to ten minutes
);
CREATE INDEX texts_by_use ON texts (used_ns);

-- One row a span. A span that is told anew (running -> finished) gets a new id, so that ids are the
-- order of news; `received_ns` is when its present row came.
CREATE TABLE spans (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL,             -- 16 bytes
    span_id BLOB NOT NULL,              -- 8 bytes
    parent_span_id BLOB,
    feed_id INTEGER NOT NULL,
    agent TEXT NOT NULL,
    agent_claimed_id TEXT,
    agent_version TEXT,
    conversation_id TEXT,
    operation TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,                -- running | ok | error | unset
    start_ns INTEGER NOT NULL,
    end_ns INTEGER,
    at_ns INTEGER NOT NULL,             -- its time on the feed's clock: its end, or its start
    received_ns INTEGER NOT NULL,
    provider TEXT,
    request_model TEXT,
    response_model TEXT,
    tool TEXT,
    data_source TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cache_read_tokens INTEGER,
    cache_creation_tokens INTEGER,
    reasoning_tokens INTEGER,
    cost_usd_micros INTEGER,
    cost_source TEXT NOT NULL,          -- reported | priced | unknown
    counts INTEGER NOT NULL,            -- 1: its usage counts; 0: a descendant carries it
    error_type TEXT,
    dialect TEXT NOT NULL,
    resource_id INTEGER NOT NULL,
    detail BLOB NOT NULL                -- msgpack of store.detail.Detail
);
CREATE UNIQUE INDEX spans_by_id ON spans (trace_id, span_id);
CREATE INDEX spans_by_received ON spans (received_ns);
CREATE INDEX spans_by_agent ON spans (agent, received_ns);

CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    trace_id BLOB NOT NULL UNIQUE,
    agent TEXT NOT NULL,                -- of its root; until that comes, of its first span
    state TEXT NOT NULL,                -- running | ok | error | unknown
    outcome TEXT,
    outcome_stated INTEGER NOT NULL DEFAULT 0,
    task_id TEXT,
    conversation_id TEXT,
    user_id TEXT,
    mode TEXT,
    waits_for TEXT,                     -- a person who has been asked and has not answered
    feed_id INTEGER NOT NULL,
    has_root INTEGER NOT NULL,
    start_ns INTEGER NOT NULL,
    end_ns INTEGER,                     -- NULL while it is open
    at_ns INTEGER NOT NULL,             -- newest time of its spans, on the feed's clock
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    running_count INTEGER NOT NULL,
    orphan_count INTEGER NOT NULL,      -- spans whose parent has not come
    input_tokens INTEGER,
    output_tokens INTEGER,
    cost_usd_micros INTEGER,
    unpriced_count INTEGER NOT NULL,    -- spans with tokens and no price
    received_ns INTEGER NOT NULL
);
CREATE INDEX runs_by_received ON runs (received_ns);
CREATE INDEX runs_by_agent ON runs (agent, received_ns);
CREATE INDEX runs_by_end ON runs (agent, end_ns);

-- Log records. kind: evaluation | outcome | rule | change | waiting | schedule | witnessed | log.
CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,        -- log records have no id: a hash of what they say
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    feed_id INTEGER NOT NULL,
    trace_id BLOB,
    span_id BLOB,
    conversation_id TEXT,
    at_ns INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,
    severity INTEGER NOT NULL,
    resource_id INTEGER NOT NULL,
    content BLOB NOT NULL               -- msgpack: fact, attributes, body
);
CREATE INDEX events_by_trace ON events (trace_id) WHERE trace_id IS NOT NULL;
CREATE INDEX events_by_received ON events (received_ns);

CREATE TABLE points (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    feed_id INTEGER NOT NULL,
    at_ns INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,
    value REAL,
    resource_id INTEGER NOT NULL,
    content BLOB NOT NULL               -- msgpack: unit, kind, attributes, buckets
);
CREATE INDEX points_by_name ON points (name, at_ns);
CREATE INDEX points_by_received ON points (received_ns);

-- Signed increments, made in the transaction of the insert that causes them; they outlive spans.
CREATE TABLE rollups (
    width_s INTEGER NOT NULL,           -- 60 | 3600
    bucket_ns INTEGER NOT NULL,
    agent TEXT NOT NULL,
    version TEXT NOT NULL,
    model TEXT NOT NULL,
    tool TEXT NOT NULL,
    spans INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    duration_ns INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_creation_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    cost_usd_micros INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    PRIMARY KEY (width_s, bucket_ns, agent, version, model, tool)
) WITHOUT ROWID;

-- Traces that retention spares, and why.
CREATE TABLE evidence (trace_id BLOB PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
"""

FIND = """
-- The index by which a value is found. It holds no text: what it points to is read and compared.
-- A block is 64 rows of `spans` that came one after the other, or of `events`, whose blocks have
-- ids from 2^40, so that each table's blocks are one range. content: zstd of msgpack of
-- [the distinct short strings of its rows, the digests of the large texts that they name].
CREATE TABLE find_blocks (
    id INTEGER PRIMARY KEY,
    after_id INTEGER NOT NULL,          -- its rows: after_id < id <= last_id
    last_id INTEGER NOT NULL,
    received_ns INTEGER NOT NULL,       -- the newest of its rows
    content BLOB NOT NULL
);
CREATE INDEX find_blocks_by_received ON find_blocks (received_ns);
-- Which blocks name a large text; block 0: the text is in `find_texts`.
CREATE TABLE find_uses (
    text_id INTEGER NOT NULL,
    block_id INTEGER NOT NULL,
    PRIMARY KEY (text_id, block_id)
) WITHOUT ROWID;
-- How far each table has been read.
CREATE TABLE find_progress (
    source TEXT PRIMARY KEY,            -- spans | events
    row_id INTEGER NOT NULL,
    block_id INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO find_progress VALUES ('spans', 0, 0), ('events', 0, 1099511627776);
-- Without positions it is a third of the size, and a text is only found to hold all the trigrams.
CREATE VIRTUAL TABLE find_words USING fts5 (
    text, content='', columnsize=0, detail=none, tokenize='trigram'     -- rowid: a block
);
CREATE VIRTUAL TABLE find_texts USING fts5 (
    text, content='', columnsize=0, detail=none, tokenize='trigram'     -- rowid: a piece of a text
);
INSERT INTO find_words (find_words, rank) VALUES ('hashsize', 16777216);
INSERT INTO find_texts (find_texts, rank) VALUES ('hashsize', 16777216);
"""

MIGRATIONS: tuple[tuple[str, str], ...] = (("first", FIRST), ("find", FIND))
