"""Sentences of rules as a page says them: days written out, and no command for who is no builder."""

import pytest

from interlock.surfaces.web.frame import breakable_code
from interlock.surfaces.web.sentences import dated, plainly


def test_days_and_times_are_written_out_and_names_that_look_like_them_are_not() -> None:
    assert dated("the labels of 2026-03-11 are older than case-2026-03-11 and 2026-03-11x") == (
        "the labels of 11 March 2026 are older than case-2026-03-11 and 2026-03-11x"
    )
    assert dated("at 2026-03-11T09:00:00.000000Z") == "at 11 March 2026, 09:00 UTC"
    assert dated("on 2026-02-31") == "on 2026-02-31"  # no day


@pytest.mark.parametrize(
    ("told", "plain"),
    [
        ("bring a new set of labels (`interlock evidence add FILE`)", "bring a new set of labels"),
        ("decide how to go on (`interlock stage decide`): scale, or stop", "decide how to go on: scale, or stop"),
        ("name its KPI (`kpis` in its definition)", "name its KPI"),
        ("close incident 12: wrong refunds (Ben Okafor)", "close incident 12: wrong refunds (Ben Okafor)"),
    ],
)
def test_commands_in_brackets_are_left_out_where_no_builder_reads(told: str, plain: str) -> None:
    assert plainly(told) == plain


def test_commands_are_set_as_such_and_all_of_it_is_text() -> None:
    assert breakable_code("run `a <b>` & wait") == "run <code>a &lt;b&gt;</code> &amp; wait"
    assert breakable_code("a lone ` stays") == "a lone ` stays"
