"""The sample feeds are what the generator makes, and small."""

from pathlib import Path

from agentwatch.demo.generate import generate
from agentwatch.demo.samples import SAMPLE_SEED, read_samples, sample_folder, write_samples
from agentwatch.demo.scenarios import STORIES


def test_all_samples_together_stay_under_5_mb(tmp_path: Path) -> None:
    assert 1_000_000 < write_samples(tmp_path) < 5_000_000
    assert read_samples("calm", tmp_path) == generate("calm", SAMPLE_SEED, STORIES["calm"].sample_s)
    assert read_samples("no-such", tmp_path) is None


def test_samples_at_hand_are_up_to_date(tmp_path: Path) -> None:
    write_samples(tmp_path)
    for made in tmp_path.iterdir():
        at_hand = sample_folder() / made.name
        assert at_hand.read_bytes() == made.read_bytes(), "run: make samples"
