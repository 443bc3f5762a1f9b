"""A store's path in, answers of its queries out, from one reader on a thread of its own.

A question is a function over the connection. It runs whole, in one read transaction, so that what
a pane shows together was true together; the event loop meanwhile goes on reading keys.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from agentwatch.store.read import Reader
from agentwatch.store.schema import refusal

T = TypeVar("T")

Version = tuple[int, int]
"""Differs from an earlier one where anything was written in between."""

Question = Callable[[sqlite3.Connection, Version], T]


class Source:
    """The store as the console sees it: read-only, and perhaps not there yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._reader: Reader | None = None

    async def ask(self, question: Question[T]) -> T:
        """Return the answer. Raises StoreError where the store cannot be read."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._answer, question)

    def close(self) -> None:
        """Give the connection back; a question that runs is interrupted."""
        if self._reader is not None:
            self._reader.connection.interrupt()
        self._thread.submit(self._drop)
        self._thread.shutdown(wait=True)

    def _answer(self, question: Question[T]) -> T:
        if self._reader is None:
            self._reader = Reader(self.path)
        try:
            version = self._reader.changes()
            connection = self._reader.connection
            connection.execute("BEGIN")
            try:
                return question(connection, version)
            finally:
                if connection.in_transaction:
                    connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._drop()
            raise refusal(self.path, error) from error

    def _drop(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None
