"""What the documentation says works: its commands are run and its output compared, page by page."""

from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (
        *(ROOT / "docs" / "tutorials").glob("*.md"),
        *(ROOT / "docs" / "how-to").glob("*.md"),
        ROOT / "docs" / "reference" / "ledger-format.md",
        ROOT / "docs" / "explanation" / "oversight.md",
    )
    if page.name != "README.md"
)


@pytest.mark.parametrize("page", PAGES)
def test_what_the_page_says_works(page: str, read_along: Callable[[Path], Path]) -> None:
    read_along(ROOT / page)
