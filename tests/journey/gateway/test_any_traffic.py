"""Any traffic at all, shortly; `benchmarks/gateway_fuzz.py` goes on for as long as is wanted."""

from collections.abc import Callable, Iterator

import pytest

import gateway_properties as hold
from gateway_in_process import Inside, inside

EXAMPLES = 25


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    with inside(tmp_path_factory.mktemp("inside")) as found:
        yield found


@pytest.mark.parametrize(
    "holds",
    [
        hold.any_request_is_answered,
        hold.every_part_may_be_odd,
        hold.any_caller_is_answered,
        hold.any_answer_is_survived,
        hold.personal_data_stays_here,
        hold.personal_data_does_not_come_out,
        hold.nothing_crosses,
        hold.every_request_is_on_record_and_paid,
    ],
)
def test_it_holds(here: Inside, holds: Callable[[Inside, int], None]) -> None:
    holds(here, EXAMPLES)
