"""The formulas that widgets share."""

import pytest

from ibutsu_server.widgets.rates import UNANIMOUS, in_order, newest_builds, pass_percentage, shares, slope

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("count_skips", "expected"), [(True, 70.0), (False, 87.5)])
def test_skips_count_against_the_rate_or_not_at_all(count_skips, expected):
    assert pass_percentage(tests=10, passes=7, skips=2, count_skips=count_skips) == expected


@pytest.mark.parametrize("count_skips", [True, False])
@pytest.mark.parametrize("skips", [0, 4])
def test_without_anything_to_judge_there_is_no_rate(skips, count_skips):
    assert pass_percentage(tests=skips, passes=0, skips=skips, count_skips=count_skips) is None


def test_rate_has_two_decimals():
    assert pass_percentage(tests=3, passes=2, skips=0, count_skips=True) == 66.67


def test_counts_that_contradict_each_other_stay_within_the_hundred():
    assert pass_percentage(tests=1, passes=5, skips=0, count_skips=True) == 100.0


def test_slope_is_the_change_per_build():
    assert slope([90.0, 70.0, 66.67]) == pytest.approx(-11.665)
    assert slope([70.0, 60.0, 66.67]) == pytest.approx(-1.665)


def test_builds_without_a_rate_are_left_out_of_the_slope():
    assert slope([None, 50.0, None, 60.0]) == pytest.approx(10)


@pytest.mark.parametrize("rates", [[], [None], [70.0], [100.0], [50.0, 50.0]])
def test_slope_is_zero_where_nothing_changes_or_too_little_is_known(rates):
    assert slope(rates) == 0


def test_slope_of_nothing_but_hundreds_is_what_clients_know():
    assert slope([100.0, None, 100.0]) == UNANIMOUS
    assert slope([100.0], fewest=1) == UNANIMOUS


def test_shares_add_up_to_a_hundred():
    thirds = shares({"a": 1, "b": 1, "c": 1}, 3)
    assert thirds == {"a": 34, "b": 33, "c": 33}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"passed": 199, "failed": 1}, {"passed": 100, "failed": 0}),
        ({"passed": 195, "xfailed": 5}, {"passed": 98, "xfailed": 2}),
        ({"passed": 1, "failed": 199}, {"passed": 1, "failed": 99}),
    ],
)
def test_halves_go_to_the_first_part(parts, expected):
    """The first two are the rounding examples of the reference."""
    assert shares(parts, 200) == expected


def test_what_belongs_to_no_part_has_its_share_as_well():
    assert shares({"passed": 1, "failed": 1}, 4) == {"passed": 25, "failed": 25}


def test_builds_are_ordered_as_numbers_before_text():
    builds = ["nightly", "10", "9", "1.2", "٣", "9" * 30]
    assert in_order(builds) == ["٣", "9", "10", "1.2", "9" * 30, "nightly"]
    assert newest_builds(["10", "9", "11"], 2) == ["10", "11"]
