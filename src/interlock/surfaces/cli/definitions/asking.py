"""Asking question by question: each answer is checked at once, and may be left open."""

import contextlib
import select
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from interlock.engine.interview.course import answered, back, left_open, next_question, skipped
from interlock.engine.interview.places import value_at
from interlock.engine.interview.reading import value_of
from interlock.engine.problem.lint import lint_answer
from interlock.engine.rollout.gaps import gaps
from interlock.ports.drafts import Drafts
from interlock.surfaces.cli.toolbox import Toolbox
from interlock.terms.errors import BadInput
from interlock.terms.flaw import Gap
from interlock.terms.interview import AnswerKind, Asked, Chapter, Interview
from interlock.terms.problem import ProblemWords

STOP, BACK, NEXT, WHY = ".", "<", ">", "?"
CONTROLS = "Enter: not known yet   ?: what is meant   <: one back   >: next chapter   .: stop here"
CONTROL_SIGNS = frozenset({STOP, BACK, NEXT, WHY})
PROBLEM = "problem"
PASTED_WITHIN_S = 0.02


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a question left the interview, and whether the person stops here."""

    interview: Interview
    ends: bool = False


class Conversation:
    """One person who answers. `keep` is called with everything said, after each answer."""

    def __init__(self, box: Toolbox, drafts: Drafts, keep: Callable[[Interview], None]) -> None:
        self._box, self._drafts, self._keep = box, drafts, keep
        self._chapters: tuple[Chapter, ...] = tuple(drafts.chapters())
        self._words: ProblemWords = box.problem_words()

    def run(self, interview: Interview) -> Interview:
        """Ask until nothing is open or the person stops. Raises BadInput where the input is no text, Unavailable."""
        shown, turn = 0, Turn(interview)
        while not turn.ends:
            asked = next_question(self._chapters, turn.interview)
            if asked is None:
                break
            if asked.chapter != shown:
                self._open(shown := asked.chapter)
            self._ask(asked, turn.interview)
            turn = self._turn(asked, turn.interview, self._line())
        return turn.interview

    def _turn(self, asked: Asked, interview: Interview, said: str | None) -> Turn:
        if said is None or said == STOP:
            return Turn(interview, ends=True)
        if said == BACK:
            return Turn(self._back(interview))
        if said == NEXT:
            return Turn(skipped(interview, asked.chapter))
        if said == WHY:
            self._explain(asked)
            return Turn(interview)
        return self._answer(asked, interview, said) if said else Turn(self._leave(asked, interview))

    def _answer(self, asked: Asked, interview: Interview, said: str) -> Turn:
        try:
            after = answered(interview, asked.location, value_of(asked.question, said))
        except BadInput as exc:
            return self._refused(interview, str(exc))
        fault = self._drafts.fault(after.content, asked.location)
        if fault is not None:
            return self._refused(interview, fault)
        self._keep(after)
        if not self._doubted(asked, said):
            return Turn(after)
        self._say("Enter keeps it as it is; or write it again.", style="dim")
        again = self._line()
        if not again:
            return Turn(after, ends=again is None)
        # A sign goes elsewhere and leaves the answer as it is; words stand in its place.
        return self._turn(asked, interview if again not in CONTROL_SIGNS else after, again)

    def _doubted(self, asked: Asked, said: str) -> bool:
        part, _, field = asked.question.field.partition(".")
        found = lint_answer(field, said, self._words) if part == PROBLEM else ()
        for one in found:
            self._say(f"  {one.lack} ('{one.words}'): {one.why}", style="yellow")
            self._say(f"  {one.question}")
        return bool(found)

    def _refused(self, interview: Interview, words: str) -> Turn:
        self._say(f"  {words}", style="red")
        return Turn(interview)

    def _leave(self, asked: Asked, interview: Interview) -> Interview:
        if asked.location in self._drafts.missing(interview.content):
            self._say("  this is needed, now that its part is begun; < goes back", style="red")
            return interview
        after = left_open(interview, asked.location)
        for gap in self._gaps(asked, after):
            self._say(f"  open: {gap.problem}; {gap.why}", style="yellow")
        return after

    def _gaps(self, asked: Asked, interview: Interview) -> list[Gap]:
        """What follows from leaving it open, as `interlock check` will say it."""
        definition = self._drafts.definition(interview.content)
        if definition is None or ((asked.entry or 1) > 1 and asked.question.opens):
            return []
        part = tuple(name for name in asked.location[:-1] if isinstance(name, str))
        places = {asked.location, part} if asked.question.opens else {asked.location}
        return [gap for gap in gaps(definition) if gap.location in places]

    def _back(self, interview: Interview) -> Interview:
        if not interview.asked:
            self._say("  this is the first question", style="dim")
            return interview
        before, last = back(interview), interview.asked[-1]
        known = None if isinstance(last, int) else value_at(interview.content, last)
        if known is not None:
            self._keep(before)
            self._say(f"  you had said: {_shown(known)}", style="dim")
        return before

    def _open(self, number: int) -> None:
        chapter = self._chapters[number - 1]
        self._say("")
        self._say(f"{chapter.title} ({number} of {len(self._chapters)})", style="bold")
        self._say(chapter.why)
        self._say(CONTROLS, style="dim")

    def _ask(self, asked: Asked, interview: Interview) -> None:
        question, more = asked.question, (asked.entry or 1) > 1
        self._say("")
        again = f"Another one, the {asked.entry}.? " if more and question.opens else ""
        self._say(f"{again}{question.ask}", style="bold")
        if asked.entry is not None and not question.opens:
            self._say(f"  of: {self._entry_name(asked, interview)}")
        for name, meaning in question.choices.items():
            self._say(f"  {name}: {meaning}")
        if question.example and not question.choices and not more:
            self._say(f"  such as: {question.example}", style="dim")

    def _entry_name(self, asked: Asked, interview: Interview) -> str:
        """What this entry was called by the first question of its chapter; with its unit, where a figure is asked."""
        begins = self._chapters[asked.chapter - 1].questions[0].field.rpartition(".")[2]
        name, unit = (value_at(interview.content, (*asked.location[:2], field)) for field in (begins, "unit"))
        return f"{name}, in {unit}" if unit and asked.question.kind is AnswerKind.NUMBER else str(name)

    def _explain(self, asked: Asked) -> None:
        field = ".".join(map(str, asked.location))
        self._say(f"  {field} says {asked.question.meaning}.")
        if asked.question.example:
            self._say(f"  such as: {asked.question.example}")
        self._say(f"  Why: {self._chapters[asked.chapter - 1].why}")

    def _line(self) -> str | None:
        """What was typed; None where nothing more comes."""
        self._box.err.print("> ", end="")
        try:
            lines = [input()]
            with contextlib.suppress(EOFError):  # the terminal is gone, and what was said before is not
                while _pasted():
                    lines.append(input())
        except (EOFError, RuntimeError):  # no more input, or none at all
            self._say("")
            return None
        except UnicodeDecodeError as exc:
            raise BadInput(f"what came in is not UTF-8 text (byte {exc.start}); what was said before is kept") from exc
        words = [line.strip() for line in lines if line.strip()]
        if len(words) > 1:
            self._say(f"  {len(words)} lines came at once: they are taken as one answer", style="dim")
        return " ".join(words)

    def _say(self, words: str, *, style: str = "") -> None:
        self._box.err.print(Text(words), style=style, soft_wrap=True)


def _pasted() -> bool:
    """Whether the next line is there already: nobody types as fast, so it belongs to the answer before it."""
    try:
        return sys.stdin.isatty() and bool(select.select([sys.stdin], [], [], PASTED_WITHIN_S)[0])
    except (OSError, ValueError):  # a terminal that cannot be looked at
        return False


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
