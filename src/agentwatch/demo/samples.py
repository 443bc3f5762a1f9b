"""The sample feeds' folder in, a scenario's recordings out; as a program, it writes them."""

from __future__ import annotations

import sys
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from agentwatch.demo.fleet import FEEDS
from agentwatch.demo.generate import generate
from agentwatch.demo.scenarios import STORIES

SAMPLE_SEED = 7


def sample_folder() -> Traversable:
    """Return where the sample feeds are: in the installed package, else in the checkout."""
    packaged = resources.files("agentwatch") / "_data" / "sample_feeds"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "sample_feeds"


def read_samples(scenario: str, folder: Traversable | None = None) -> dict[str, list[str]] | None:
    """Return each feed's documents, or None where this scenario has no samples."""
    folder = sample_folder() if folder is None else folder
    files = {feed: folder / _name(scenario, feed) for feed in FEEDS}
    if not all(file.is_file() for file in files.values()):
        return None
    return {feed: file.read_text("utf-8").splitlines() for feed, file in files.items()}


def write_samples(folder: Path) -> int:
    """Write every scenario's feeds, a document a line; returns how many bytes that makes."""
    folder.mkdir(parents=True, exist_ok=True)
    written_bytes = 0
    for scenario, story in STORIES.items():
        for feed, documents in generate(scenario, SAMPLE_SEED, story.sample_s).items():
            data = "".join(f"{document}\n" for document in documents).encode()
            written_bytes += (folder / _name(scenario, feed)).write_bytes(data)
    return written_bytes


def _name(scenario: str, feed: str) -> str:
    return f"{scenario}.{feed}.jsonl"


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("sample_feeds")
    print(f"{write_samples(target):,} bytes in {target}")
