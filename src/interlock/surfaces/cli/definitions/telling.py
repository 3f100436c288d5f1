"""What `interlock init` tells: what there is to choose from; what the file still lacks, and what is next."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.text import Text

from interlock.ports.drafts import Drafts
from interlock.surfaces.cli.definitions.check import flaws_of, tell_flaws
from interlock.surfaces.cli.definitions.keeping import Keeper
from interlock.surfaces.cli.store_options import show_json
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.flaw import Flaw, Severity


def show_choices(box: Toolbox, drafts: Drafts, *, templates: bool, as_json: bool) -> None:
    """Print the templates, or every question with its field."""
    rows: list[dict[str, Any]]
    if templates:
        rows = [{"template": one.name, "title": one.title} for one in drafts.templates()]
    else:
        asked = [question for chapter in drafts.chapters() for question in chapter.questions]
        rows = [{"field": one.field, "question": one.ask, "example": one.example} for one in asked]
    if as_json:
        show_json(box, rows)
        return
    for row in rows:
        first, *others = (str(words) for words in row.values() if words)
        box.out.print(Text(f"{first}: {others[0]}"), soft_wrap=True)
        if others[1:]:
            box.out.print(Text(f"  such as: {others[1]}"), soft_wrap=True)


def tell_end(box: Toolbox, keeper: Keeper, *, as_json: bool) -> None:
    """What `interlock check` says about the file, and the next command."""
    checked = box.check_definition(keeper.path)
    flaws = flaws_of(checked, box.problem_words())
    then = _next(keeper.path, flaws)
    if as_json:
        kept = str(keeper.copy) if keeper.copy else None
        show_json(box, {"file": str(keeper.path), "earlier_kept_in": kept, "flaws": flaws, "next": then})
        return
    if keeper.copy:
        box.out.print(Text(f"{keeper.copy}: the file as it was, with what was written into it by hand"), soft_wrap=True)
    tell_flaws(box, str(keeper.path), flaws, brief=True)
    for command, words in then.items():
        box.out.print(Text(f"next: {command}\n  {words}"), soft_wrap=True)


def _next(path: Path, flaws: Sequence[Flaw]) -> dict[str, str]:
    file = shlex.quote(str(path))
    apply = {f'interlock apply -f {file} --as "YOUR NAME"': "puts it on record; nothing acts before a gate opens"}
    if not flaws:
        return apply
    more = {
        f"interlock init {file} --continue": "asks what is open",
        f"interlock check {file}": "says why each of these matters, and what mends it",
    }
    return more if any(flaw.severity is Severity.ERROR for flaw in flaws) else {**more, **apply}
