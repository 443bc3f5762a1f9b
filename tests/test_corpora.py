"""Every file of the recorded traces, through the recorder, gives what its README counts."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.program import agentwatch

FILES = [
    "trail/trail_gaia_20.jsonl", "tau_bench/tau_airline_trials01.jsonl",
    "who_and_when/whowhen_algorithm.jsonl", "swe_agent/sweagent.jsonl", "any_agent/anyagent.jsonl",
    "otlp_official/examples/*.json", "generated_otlp/*.jsonl",
]  # fmt: skip
AGENTS = {
    "trail/trail_gaia_20.jsonl": {"gaia-annotation-samples/app:GAIA-Samples"},
    "tau_bench/tau_airline_trials01.jsonl": {"airline-agent"},
    "swe_agent/sweagent.jsonl": {"swe-agent"},
    "any_agent/anyagent.jsonl": {"any_agent", "unknown"},
    "otlp_official/examples/*.json": {"my.service"},
    "generated_otlp/*.jsonl": {
        "claims-agent/claims-triage",
        "demo-openinference-langchain",
        "demo-pydantic-ai/claims-triage",
        "urn:agent:acme:claims-triage",
        "demo-traceloop-langchain/claims-triage",
    },
}


def counted(shared_data: Path, pattern: str) -> dict[str, int]:
    """Return the row of the README's table."""
    readme = (shared_data / "README.md").read_text()
    rows = [line.split("|") for line in readme.splitlines() if line.startswith(f"| {pattern} |")]
    [[_, _, _, _, *numbers]] = rows
    names = ("documents", "traces", "spans", "errors", "logs")
    return dict(zip(names, (int(number) for number in numbers[:5]), strict=True))


def documents(shared_data: Path, pattern: str) -> list[str]:
    found: list[str] = []
    for path in sorted(shared_data.glob(pattern)):
        text = path.read_text()
        one = path.suffix == ".json"
        found += [json.dumps(json.loads(text))] if one else text.splitlines()
    return found


def pending(document: str) -> int:
    """Return how many spans a document shows that only stand for one that comes later."""
    return len(re.findall(r'"stringValue": ?"pending_span"', document))


@pytest.mark.parametrize("pattern", FILES)
async def test_a_corpus_gives_what_its_readme_counts(
    shared_data: Path, tmp_path: Path, pattern: str
) -> None:
    wanted = counted(shared_data, pattern)
    frames = documents(shared_data, pattern)
    recording, store = tmp_path / "r.jsonl", tmp_path / "s" / "s.db"
    recording.write_text("\n".join(frames) + "\n")
    done = await agentwatch(
        "--store", store, "record", "--feed", f"replay:{recording}?speed=0", "--stats-json",
        home=tmp_path,
    )  # fmt: skip
    stats = json.loads(done.out)
    shown = sum(map(pending, frames))
    assert (done.code, stats["frames"]) == (0, wanted["documents"])
    assert (stats["frames_rejected"], stats["spans_rejected"]) == (0, 0)
    assert (stats["spans"], stats["logs"]) == (wanted["spans"], wanted["logs"])
    assert stats["spans_new"] == wanted["spans"] - shown
    connection = sqlite3.connect(store)
    spans, traces, errors = connection.execute(
        "SELECT count(*), count(DISTINCT trace_id), sum(state = 'error') FROM spans"
    ).fetchone()
    runs = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    agents = Counter(agent for (agent,) in connection.execute("SELECT agent FROM spans"))
    connection.close()
    assert (spans, traces, errors) == (wanted["spans"] - shown, wanted["traces"], wanted["errors"])
    assert runs == wanted["traces"]
    if pattern in AGENTS:
        assert set(agents) == AGENTS[pattern]
    else:
        assert agents["captain-agent"] == 40
        assert set(agents) == {"captain-agent"} | speakers(frames)
    if "any_agent" in agents:
        assert agents == {"any_agent": 44, "unknown": 6}
    rows = (await agentwatch("--store", store, "query", "agents", home=tmp_path)).rows
    assert {row["agent"] for row in rows} == set(agents)


def speakers(frames: list[str]) -> set[str]:
    """Return captain-agent/SPEAKER for each span that names an agent other than its service's."""
    found = set()
    for frame in frames:
        for resource in json.loads(frame).get("resourceSpans", []):
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    told = {each["key"]: each["value"] for each in span["attributes"]}
                    name = told.get("gen_ai.agent.name", {}).get("stringValue", "captain-agent")
                    if name != "captain-agent":
                        found.add(f"captain-agent/{name}")
    return found


def test_every_corpus_of_the_readme_is_read_here(shared_data: Path) -> None:
    table = re.findall(r"^\| (\S+/\S+\.jsonl?) \|", (shared_data / "README.md").read_text(), re.M)
    assert table == FILES
