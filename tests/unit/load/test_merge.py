"""Samples of several k6 become one summary, exactly; recorded with k6 (tests/data/k6/README.md)."""

import gzip
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from levelbench.errors import LabError
from levelbench.load.merge import merge, percentile
from levelbench.model.merged import Merged
from tests import DATA

RECORDED = DATA / "k6" / "samples"
BOTH = (RECORDED / "0.json.gz", RECORDED / "1.json.gz")
SUMMARIES = (RECORDED / "0-summary.json", RECORDED / "1-summary.json")


def points(path: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    return [line for line in lines if line["type"] == "Point"]


def values(name: str, *paths: Path) -> list[float]:
    return [
        point["data"]["value"]
        for path in paths
        for point in points(path)
        if point["metric"] == name
    ]


def refusal(files: Sequence[Path], summaries: Sequence[Path] = ()) -> str:
    """The error with which files are refused: one line."""
    with pytest.raises(LabError) as caught:
        merge(files, summaries)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(tmp_path: Path, line: bytes, *, at: int) -> Path:
    """A file with another line at this place."""
    lines = gzip.decompress(BOTH[0].read_bytes()).splitlines(keepends=True)
    lines[at - 1] = line
    path = tmp_path / "changed.json"
    path.write_bytes(b"".join(lines))
    return path


@pytest.mark.parametrize("number", [0, 1])
def test_one_generator_is_its_own_summary_to_the_bit(number: int) -> None:
    own = json.loads(SUMMARIES[number].read_text())["metrics"]
    found = merge(BOTH[number : number + 1], SUMMARIES[number : number + 1])
    assert found.metrics.keys() == own.keys()
    assert any("{" in name for name in own)
    for name, metric in own.items():
        assert found.metrics[name].values == metric["values"], name
        assert found.metrics[name].type == metric["type"]


def test_counts_of_two_add_up_and_their_percentiles_are_of_all_values() -> None:
    found = merge(BOTH, SUMMARIES).metrics
    for name in ("http_reqs", "bytes", "iterations"):
        assert found[name].values["count"] == sum(values(name, *BOTH))
    latencies = values("latency", *BOTH)
    ours = found["latency"].values
    assert ours["count"] == len(latencies) == len(values("latency", BOTH[0])) + 30
    for rank in (90, 95, 99, 99.9):
        expected = float(np.percentile(latencies, rank))
        assert ours[f"p({rank:g})"] == pytest.approx(expected, rel=1e-12)
    assert (ours["min"], ours["max"]) == (min(latencies), max(latencies))
    passes = values("right", *BOTH)
    assert found["right"].values["rate"] == sum(passes) / len(passes)


def test_sub_metrics_count_only_samples_with_their_tags() -> None:
    found = merge(BOTH, SUMMARIES).metrics
    even = [
        point["data"]["value"]
        for path in BOTH
        for point in points(path)
        if point["metric"] == "latency" and point["data"]["tags"]["kind"] == "even"
    ]
    assert found["latency{kind:even}"].values["count"] == len(even) < 61


def test_rates_per_second_are_unknown_without_the_length_of_the_load() -> None:
    assert merge(BOTH).metrics["http_reqs"].values == {"count": 61, "rate": None}
    both = merge(BOTH, SUMMARIES)
    assert both.duration_s == 3.011643045
    assert both.metrics["http_reqs"].values["rate"] == 61 / 3.011643045


def test_a_gauge_of_several_generators_has_no_last_value() -> None:
    assert "value" in merge(BOTH[:1]).metrics["vus"].values
    assert merge(BOTH).metrics["vus_max"].values == {"min": 3, "max": 3}


def test_the_order_of_the_files_does_not_matter_but_for_the_last_bit_of_a_mean() -> None:
    one, other = merge(BOTH, SUMMARIES).metrics, merge(BOTH[::-1], SUMMARIES[::-1]).metrics
    for name, metric in one.items():
        for key, value in metric.values.items():
            assert other[name].values[key] == pytest.approx(value, rel=1e-14)


def test_a_merged_summary_is_read_again() -> None:
    found = merge(BOTH, SUMMARIES)
    assert Merged.model_validate_json(found.model_dump_json()) == found


def test_plain_files_are_read_as_compressed_ones(tmp_path: Path) -> None:
    plain = tmp_path / "0.json"
    plain.write_bytes(gzip.decompress(BOTH[0].read_bytes()))
    assert merge([plain]).metrics == merge(BOTH[:1]).metrics


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 100))
def test_a_percentile_is_linear_between_the_closest_ranks(found: list[float], rank: float) -> None:
    expected = float(np.percentile(found, rank))
    assert percentile(sorted(found), rank) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_percentile_of_nothing_is_zero_as_k6_says() -> None:
    assert percentile([], 95) == 0


def test_a_summary_of_another_run_is_refused() -> None:
    error = refusal(BOTH, SUMMARIES[::-1])
    assert "by its samples and" in error
    assert "by k6's summary" in error


def test_samples_that_miss_one_request_are_refused(tmp_path: Path) -> None:
    lines = gzip.decompress(BOTH[0].read_bytes()).splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if b'"Point"' in line and b'"latency"' in line)
    path = tmp_path / "0.json"
    path.write_bytes(b"".join(lines[:place] + lines[place + 1 :]))
    assert "latency" in refusal([path], SUMMARIES[:1])


def test_a_generator_that_was_killed_is_named(tmp_path: Path) -> None:
    whole = gzip.decompress(BOTH[0].read_bytes())
    cut = tmp_path / "cut.json.gz"
    cut.write_bytes(BOTH[0].read_bytes()[:3000])
    assert "cut.json.gz ends within line" in refusal([cut])
    plain = tmp_path / "cut.json"
    plain.write_bytes(whole[:5000])
    assert "cut.json ends within line" in refusal([plain])


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"1\n", b'{"type":"Point"}\n', b"\xff\n"])
def test_a_line_that_is_no_sample_is_named(line: bytes, tmp_path: Path) -> None:
    assert "changed.json, line 7: not a sample of k6" in refusal([changed(tmp_path, line, at=7)])


def test_files_that_are_no_samples_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.touch()
    assert "has no sample" in refusal([empty])
    damaged = tmp_path / "damaged.gz"
    damaged.write_bytes(b"\x1f\x8b" + b"x" * 100)
    assert "is damaged" in refusal([damaged])
    assert "cannot be read" in refusal([tmp_path / "missing"])
    assert "is not a summary of k6" in refusal(BOTH[:1], BOTH[:1])


def test_one_file_twice_and_too_few_summaries_are_refused(tmp_path: Path) -> None:
    assert "is given twice" in refusal([BOTH[0], BOTH[0]])
    assert "1 summaries for 2 files" in refusal(BOTH, SUMMARIES[:1])


def test_generators_that_did_not_run_together_are_refused(tmp_path: Path) -> None:
    later = tmp_path / "later.json"
    later.write_bytes(gzip.decompress(BOTH[1].read_bytes()).replace(b"T18:", b"T19:"))
    assert "ended before" in refusal([BOTH[0], later])


def test_a_metric_of_two_kinds_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    content = gzip.decompress(BOTH[1].read_bytes())
    other.write_bytes(
        content.replace(b'"name":"latency","type":"trend"', b'"name":"latency","type":"counter"')
    )
    assert "latency is a trend in one file and a counter in another" in refusal([BOTH[0], other])


def test_a_copy_of_a_file_is_another_generator(tmp_path: Path) -> None:
    """Two k6 with equal samples cannot be told from a copy: only the same path is refused."""
    copied = shutil.copy(BOTH[0], tmp_path / "copy.json.gz")
    assert merge([BOTH[0], copied]).metrics["http_reqs"].values["count"] == 62
