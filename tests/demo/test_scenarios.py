"""Every scenario says what it is about and names agents and feeds that exist."""

from agentwatch.demo.fleet import FEEDS, SOURCES, members
from agentwatch.demo.scenarios import DEFAULT_SCENARIO, SCENARIOS, STORIES


def test_stories_name_what_exists() -> None:
    names = {member.name for member in members()}
    for story in STORIES.values():
        for fault in (story.stale_source, story.loops, story.errors):
            assert fault is None or fault[0] in names
        assert story.stale_source is None or story.stale_source[1] in SOURCES
        assert story.silent is None or story.silent[0] in FEEDS
    assert DEFAULT_SCENARIO in SCENARIOS
    assert all(SCENARIOS.values())
