"""A scenario, a seed and a duration in, each feed's OTLP/JSON documents out. Pure.

The same arguments give the same bytes. The recording begins at `BASE_NS` in the middle of
things: runs that began before are in flight, and what shows them comes first.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Iterator

from agentwatch.clock import NS_PER_S
from agentwatch.demo import otlp
from agentwatch.demo.fleet import FEEDS, SOURCES, Member, members
from agentwatch.demo.run import Emission, Faults, Run
from agentwatch.demo.scenarios import STORIES, Story

BASE_NS = 1_780_308_000 * NS_PER_S
RECORDING_S = 300.0
BATCH_NS = NS_PER_S // 2
LEAD_IN_S = 60.0
GAUGE_EVERY_S = 5.0

CHANGES: tuple[tuple[str, float, str, str, str, str], ...] = (
    ("refund-desk-eu-01", 2.0, "source", "price-lists", "v56", "v57"),
    ("helpdesk-eu-01", 9.0, "prompt", "helpdesk-triage", "12", "13"),
    ("catalog-writer-batch-02", 31.0, "tool", "cms.publish", "1.3", "1.4"),
    ("fraud-score-us-01", 48.0, "rule", "R-031", "v6", "v7"),
)
"""(agent, at s, kind, id, from, to)."""


def generate(scenario: str, seed: int, duration_s: float = RECORDING_S) -> dict[str, list[str]]:
    """Return each feed's documents in the order of their last record; KeyError: no such scenario.

    Runs begin before `duration_s`; the last of them end a little after it.
    """
    story = STORIES[scenario]
    feeds: dict[str, list[tuple[int, str]]] = {feed: [] for feed in FEEDS}
    for member in members():
        rng = random.Random(f"{seed}/{member.name}")  # noqa: S311 - repeatable, not secret
        emissions = list(_life(member, story, rng, duration_s))
        emissions += _announcements(member, duration_s)
        feeds[member.feed] += _documents(member, _heard(member, story, emissions))
    return {feed: [text for _, text in sorted(rows)] for feed, rows in feeds.items()}


def _life(
    member: Member, story: Story, rng: random.Random, duration_s: float
) -> Iterator[Emission]:
    """Yield what one agent emits: run after run, each with a pause before it."""
    if story.loops is not None and story.loops[0] == member.name:
        yield from _loop(member, rng, story.loops[1], duration_s)
        return
    at_ns = BASE_NS - round((LEAD_IN_S - rng.uniform(0, 20)) * NS_PER_S)
    end_ns = BASE_NS + round(duration_s * NS_PER_S)
    while at_ns < end_ns:
        run = Run(member, _faults(member, story, at_ns), rng, at_ns, BASE_NS)
        run.perform(member.kind.steps)
        if run.now_ns >= BASE_NS:
            yield from run.emissions
        at_ns = run.now_ns + round(rng.uniform(0.3, 1.7) * member.kind.pause_s * NS_PER_S)


def _loop(
    member: Member, rng: random.Random, from_s: float, duration_s: float
) -> Iterator[Emission]:
    """Yield one run that makes the same call with the same result until it gives up."""
    start_ns = BASE_NS + round(from_s * NS_PER_S)
    run = Run(member, Faults(error_ratio=0.0), rng, start_ns, BASE_NS)
    find, think = member.kind.steps[:2]
    while run.now_ns < BASE_NS + round((duration_s - 3) * NS_PER_S):
        run.step(find, run.root_id, member.name)
        run.step(think, run.root_id, member.name)
        run.now_ns += NS_PER_S // 5
    run.finish(start_ns, outcome="abandoned")
    yield from run.emissions


def _faults(member: Member, story: Story, at_ns: int) -> Faults:
    at_s = (at_ns - BASE_NS) / NS_PER_S
    versions: dict[str, tuple[str, float]] = {}
    if story.stale_source is not None and story.stale_source[0] == member.name:
        _, source, version, extra_s = story.stale_source
        versions[source] = (version, extra_s)
    ratio = member.kind.error_ratio
    if story.errors is not None and story.errors[0] == member.name:
        ratio = 0.6 if story.errors[1] <= at_s < story.errors[2] else ratio
    changed = any(
        member.name == name and kind == "prompt" and at_s >= when
        for name, when, kind, *_ in CHANGES
    )
    return Faults(ratio, versions, "13" if changed else "12")


def _announcements(member: Member, duration_s: float) -> Iterator[Emission]:
    """Yield the change events of the agent, and the gauges if it is the one that measures."""
    for name, at_s, kind, subject, old, new in CHANGES:
        if name == member.name and at_s < duration_s:
            at_ns = BASE_NS + round(at_s * NS_PER_S)
            told = {"kind": kind, "id": subject, "from": old, "version": new, "at": otlp.iso(at_ns)}
            values = {f"agentwatch.change.{key}": value for key, value in told.items()}
            yield Emission(at_ns, "logs", otlp.log("agentwatch.change", at_ns, values))
    if member.name != "catalog-writer-batch-01":
        return
    for tick in range(int(duration_s / GAUGE_EVERY_S)):
        at_s = 0.5 + tick * GAUGE_EVERY_S
        name = tuple(SOURCES)[tick % len(SOURCES)]
        source = SOURCES[name]
        at_ns = BASE_NS + round(at_s * NS_PER_S)
        where = {"gen_ai.data_source.id": name}
        measured = (
            ("coverage", source.coverage_ratio),
            ("update_age", source.age_s + at_s),
            ("error_rate", 0.002),
        )
        for what, value in measured:
            metric = otlp.gauge(f"agentwatch.data_source.{what}", at_ns, value, where)
            yield Emission(at_ns, "metrics", metric)


def _heard(member: Member, story: Story, emissions: Iterable[Emission]) -> list[Emission]:
    """Return what reaches the feed, in order: nothing once the feed has fallen silent."""
    until_ns = None
    if story.silent is not None and story.silent[0] == member.feed:
        until_ns = BASE_NS + round(story.silent[1] * NS_PER_S)
    heard = [
        item
        for item in emissions
        if (until_ns is None or item.at_ns < until_ns)
        and (item.shows_until_ns is None or item.shows_until_ns >= BASE_NS)
    ]
    return sorted(heard, key=lambda item: item.at_ns)


def _documents(member: Member, emissions: list[Emission]) -> Iterator[tuple[int, str]]:
    """Yield (last record's time, document): an exporter's batches of one process."""
    resource = _resource(member)
    batches: dict[tuple[int, str], list[Emission]] = {}
    for item in emissions:
        batches.setdefault((item.at_ns // BATCH_NS, item.signal), []).append(item)
    for (_, signal), batch in batches.items():
        shape = otlp.document(signal, resource, [item.record for item in batch])
        yield batch[-1].at_ns, json.dumps(shape, separators=(",", ":"))


def _resource(member: Member) -> dict[str, object]:
    kind = member.kind
    return {
        "service.namespace": kind.namespace,
        "service.name": member.name,
        "service.version": kind.version,
        "telemetry.sdk.version": "1.38.0",
    } | _identity(member)


def _identity(member: Member) -> dict[str, object]:
    """Return what the process claims to be; nothing here binds it."""
    key = "agentwatch.identity."
    digest = hashlib.sha256(member.name.encode()).hexdigest()
    match member.kind.identity:
        case "spiffe":
            uri = f"spiffe://fleet.example/{member.kind.namespace}/{member.name}"
            return {f"{key}provider": "local-ca", f"{key}spiffe_id": uri}
        case "apikey":
            print_key = f"{key}api_key.fingerprint_sha256"
            return {f"{key}provider": "gateway", print_key: digest}
        case "x509":
            return {
                f"{key}provider": "local-ca",
                f"{key}x509.fingerprint_sha256": digest,
                f"{key}x509.serial": digest[:16],
                f"{key}x509.not_after": otlp.iso(BASE_NS + 9 * 3_600 * NS_PER_S),
            }
        case _:
            return {f"{key}provider": "keycloak", f"{key}client_id": member.name}
