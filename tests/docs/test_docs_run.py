"""What the documentation says works: its commands are run and its output compared, page by page."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOES_ON_FROM = re.compile(r"<!-- goes on from (\S+) -->")
RUN = [
    page
    for page in (
        *(ROOT / "docs" / "tutorials").glob("*.md"),
        *(ROOT / "docs" / "how-to").glob("*.md"),
        ROOT / "docs" / "reference" / "ledger-format.md",
        ROOT / "docs" / "explanation" / "oversight.md",
    )
    if page.name != "README.md"
]
# A page that another one goes on from is followed on the way to that one.
FIRST_HALVES = {page.parent / name for page in RUN for name in GOES_ON_FROM.findall(page.read_text(encoding="utf-8"))}
LAST = sorted(str(page.relative_to(ROOT)) for page in RUN if page not in FIRST_HALVES)


@pytest.mark.parametrize("page", LAST)
def test_what_the_page_says_works(page: str, read_along: Callable[[Path], Path]) -> None:
    read_along(ROOT / page)


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("12 entries", "12 entries\n", True),
        ("12 entries", "13 entries\n", False),
        ("... entries, root ...", "12 entries, root ab\n", True),
        ("... entries", "12 entries\nand more", False),
        ("first\n...\nlast", "first\nsecond\nthird\nlast\n", True),
        ("first\n...\nlast", "first\nsecond\n", False),
        ("a   b", "a b", True),
    ],
)
def test_what_a_page_shows_is_compared(shown: str, said: str, same: bool, alike: Callable[..., bool]) -> None:
    """The check of the checks."""
    assert alike(shown, said) is same


def test_figures_may_vary_where_a_page_says_so_and_words_may_not(alike: Callable[..., bool]) -> None:
    shown = "of 2,723 entries, root 59e37c8f: 1.5 % wrong"
    assert alike(shown, "of 19 entries, root 00ffee12: 22 % wrong", figures_vary=True)
    assert not alike(shown, "of 19 entries, root 00ffee12: 22 % right", figures_vary=True)
