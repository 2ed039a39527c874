"""The tables of the vault. A change is a new step at the end, never a change of an old one."""

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE entries (
            id TEXT PRIMARY KEY,
            kind TEXT NOT NULL,
            at TEXT NOT NULL,
            zone TEXT NOT NULL,
            created TEXT NOT NULL,
            edited TEXT,
            excluded INTEGER NOT NULL DEFAULT 0,
            hidden INTEGER NOT NULL DEFAULT 0,
            body TEXT NOT NULL
        ) WITHOUT ROWID""",
        "CREATE INDEX entries_at ON entries (at)",
        "CREATE INDEX entries_kind_at ON entries (kind, at)",
        "CREATE VIRTUAL TABLE words USING fts5 (id UNINDEXED, text, tokenize = 'unicode61')",
        """CREATE TABLE state (
            name TEXT PRIMARY KEY,
            value TEXT NOT NULL,
            at TEXT NOT NULL
        ) WITHOUT ROWID""",
    ),
)
"""SQL of each version, oldest first. Moments are UTC in ISO 8601 with microseconds, so that
they sort as text; `body` and `value` are JSON; `words` holds what can be searched."""
