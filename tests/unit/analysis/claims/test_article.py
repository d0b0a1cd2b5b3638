"""Load the article as data."""

from pathlib import Path

import pytest

from levelbench.analysis.claims.article import ARTICLE_FILE, Article, Pair, article
from levelbench.contestants.discovery import discover
from levelbench.errors import LabError
from levelbench.model import toml


def test_it_has_ten_claims_and_four_rows() -> None:
    assert [claim.id for claim in article().claims] == [
        "starlette-vs-fastapi",
        "starlette-vs-django",
        "flask-vs-django",
        "fastapi-vs-sync",
        "sync-queues",
        "error-order",
        "register-effort",
        "list-cleanest",
        "tasks-native",
        "validation-errors",
    ]
    assert list(article().measured) == ["django", "flask", "fastapi", "starlette"]
    assert list(article().handlers) == list(article().measured)


def test_the_claimed_ratios_are_those_of_its_own_rows() -> None:
    rates = {name: row.throughput_rps for name, row in article().measured.items()}
    for claim in article().claims:
        for pair in claim.pairs:
            own = rates[pair.numerator] / rates[pair.denominator]
            if pair.ratio is not None:
                assert pair.ratio == pytest.approx(own, rel=0.001), claim.id
            if pair.ratio_at_least is not None:
                assert own > pair.ratio_at_least, claim.id


def test_a_ratio_may_miss_by_ten_percent_either_way() -> None:
    low, high = Pair(numerator="a", denominator="b", ratio=1.4).bounds or (0, 0)
    assert (low, high) == (pytest.approx(1.2727, abs=1e-4), pytest.approx(1.54))
    turned = Pair(numerator="b", denominator="a", ratio=1 / 1.4).bounds or (0, 0)
    assert turned == (pytest.approx(1 / high), pytest.approx(1 / low))


def test_a_claim_of_at_least_has_no_upper_end() -> None:
    pair = Pair(numerator="a", denominator="b", ratio_at_least=4)
    assert pair.bounds == (pytest.approx(3.636, abs=1e-3), float("inf"))


def test_what_the_claims_say_of_this_labs_servers_is_so() -> None:
    for name in ("django", "flask"):
        spec = discover()[name].spec
        assert (spec.processes, spec.threads, spec.server) == (3, 4, "gunicorn")
    for name in article().measured:
        assert "celery" in discover()[name].spec.packages
    assert "pydantic" in discover()["starlette"].spec.packages


def test_a_file_without_a_field_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "article.toml").write_text("", encoding="utf-8")
    with pytest.raises(LabError, match=r"article\.toml: title: Field required"):
        toml.read(tmp_path / "article.toml", Article)


def test_an_unknown_field_is_refused(tmp_path: Path) -> None:
    text = ARTICLE_FILE.read_text(encoding="utf-8")
    (tmp_path / "article.toml").write_text(f'opinion = "great"\n{text}', encoding="utf-8")
    with pytest.raises(LabError, match="opinion: Extra inputs are not permitted"):
        toml.read(tmp_path / "article.toml", Article)


def test_a_ratio_of_two_sizes_is_refused() -> None:
    with pytest.raises(ValueError, match="either `ratio` or `ratio_at_least`"):
        Pair(numerator="a", denominator="b", ratio=1.4, ratio_at_least=4)
