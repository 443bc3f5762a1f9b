"""Bytes in: feeds, each a transport that puts frames into the queue."""
