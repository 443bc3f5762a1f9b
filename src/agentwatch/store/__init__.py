"""SQLite: the one place that holds a connection."""
