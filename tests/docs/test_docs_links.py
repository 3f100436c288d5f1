"""Links between pages lead somewhere, and pages say nothing that belongs to one machine or to the making of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# What no page may hold: paths of some machine, work that is left to do, and words that page builders leave behind.
BELONGS_ELSEWHERE = re.compile(
    r"(?<![\w.])/(?:home|root|work|tmp|Users|opt|mnt)/|\b[A-Z]:\\|\bTODO\b|\bFIXME\b|\bTBD\b|\blorem\b|\bXXX\b"
)


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6} (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
        slug = "".join(sign for sign in words if sign.isalnum() or sign in " -_").replace(" ", "-")
        number = 0
        while f"{slug}-{number}" in found or (number == 0 and slug in found):
            number += 1
        found.add(f"{slug}-{number}" if number else slug)
    return found


def broken_links(page: Path, *, root: Path = ROOT) -> Iterator[str]:
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if target.startswith(("https://", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        if not place.exists() or not place.is_relative_to(root):
            yield f"{target}: there is no such file"
        elif anchor and (place.suffix != ".md" or anchor not in anchors(place)):
            yield f"{target}: there is no such heading"


@pytest.mark.parametrize("page", names(PAGES))
def test_every_link_leads_somewhere(page: str) -> None:
    assert list(broken_links(ROOT / page)) == []


@pytest.mark.parametrize("page", names(PAGES))
def test_nothing_of_one_machine_and_nothing_unfinished(page: str) -> None:
    source = (ROOT / page).read_text(encoding="utf-8")
    assert [line for line in source.splitlines() if BELONGS_ELSEWHERE.search(line)] == []


def test_every_page_is_linked_from_another_one() -> None:
    linked = set()
    for page in PAGES:
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            place = (page.parent / target.partition("#")[0]).resolve()
            linked.add(place / "README.md" if place.is_dir() else place)
    docs = [page for page in PAGES if page.is_relative_to(ROOT / "docs") and page != ROOT / "docs" / "README.md"]
    assert [str(page.relative_to(ROOT)) for page in docs if page not in linked] == []


def test_a_broken_link_would_be_seen(tmp_path: Path) -> None:
    """The check of the checks."""
    page = tmp_path / "page.md"
    page.write_text("# One `two`, three\n\n[a](nowhere.md) [b](#one-two-three) [c](#four)\n")
    assert anchors(page) == {"one-two-three"}
    assert list(broken_links(page, root=tmp_path)) == [
        "nowhere.md: there is no such file",
        "#four: there is no such heading",
    ]
