"""What the demonstration of the gateway shows, one request after another. Each says what it expects, and looks."""

from collections.abc import Callable
from functools import partial

from interlock.flows.action.kill import kill
from interlock.flows.action.runtime import RunTime
from interlock.surfaces.cli.demo.cast import SAFETY_OWNER
from interlock.surfaces.cli.demo.gateway.cast import (
    DESK,
    MESSAGES,
    NIGHTLY,
    OVERSEAS,
    PERSONAL,
    PLAIN,
    REPORT,
    SECRET,
    SMALL,
    STREAMED,
    Written,
)
from interlock.surfaces.cli.demo.gateway.scene import Asked, Scene, Step

OK, BAD, UNKNOWN, FORBIDDEN, LIMITED = 200, 400, 401, 403, 429
TOOL = {"type": "function", "function": {"name": "close_ticket", "parameters": {"type": "object", "properties": {}}}}
TRIES_MAX = 5  # the budget is spent by the second report; without a limit this ends it


def play(scene: Scene, run_time: RunTime, tell: Callable[[int, Step], None]) -> None:
    """Show all of it; each step is told, with its number, when it has happened."""
    killed = partial(_killed, run_time)
    shown: tuple[Callable[[Scene], Step], ...] = (
        _plain, _personal, _streamed, _secret, _overseas, _tools, _stranger, _spent, killed,
    )  # fmt: skip
    for number, step in enumerate(shown, 1):
        scene.steps.append(step(scene))
        tell(number, scene.steps[-1])


def _plain(scene: Scene) -> Step:
    asked = scene.chat(DESK, SMALL, PLAIN)
    came_true = asked.answered.status == OK and PLAIN.text in asked.said and asked.left == (PLAIN.text,)
    return Step("A plain question passes as it is", came_true, _lines(PLAIN, asked))


def _personal(scene: Scene) -> Step:
    asked = scene.chat(DESK, SMALL, PERSONAL)
    title = "An e-mail address, a telephone number and a name do not leave, and are in the answer again"
    return Step(title, _kept_here(asked, PERSONAL, "Ada Byron", "ada.byron@", "7946"), _lines(PERSONAL, asked))


def _streamed(scene: Scene) -> Step:
    asked = scene.messages(DESK, MESSAGES, STREAMED, stream=True)
    came_true = _kept_here(asked, STREAMED, "DE89") and asked.answered.pieces > 1
    title = "The same while an answer streams, in Anthropic's format: an account number that its pieces cut up"
    lines = (*_lines(STREAMED, asked)[:2], ("back", f"{asked.answered.status}, {asked.said}"))
    return Step(title, came_true, (*lines, ("pieces", f"{asked.answered.pieces}")))


def _secret(scene: Scene) -> Step:
    asked = scene.chat(REPORT, SMALL, SECRET)
    return Step("A secret is refused where the workflow says so", _refused(asked, BAD), _lines(SECRET, asked))


def _overseas(scene: Scene) -> Step:
    asked = scene.chat(DESK, OVERSEAS, PLAIN)
    title = f"The model '{OVERSEAS}' computes in another region than this workflow's data may be in"
    return Step(title, _refused(asked, FORBIDDEN), _lines(PLAIN, asked))


def _tools(scene: Scene) -> Step:
    asked = scene.chat(DESK, SMALL, PLAIN, tools=[TOOL])
    return Step("A rule of the workflow forbids tools", _refused(asked, FORBIDDEN), _lines(PLAIN, asked))


def _stranger(scene: Scene) -> Step:
    asked = scene.chat(None, SMALL, PLAIN)
    return Step("Somebody without a key", _refused(asked, UNKNOWN), _lines(PLAIN, asked))


def _spent(scene: Scene) -> Step:
    passed = 0
    asked = scene.chat(REPORT, SMALL, NIGHTLY)
    while asked.answered.status == OK and passed < TRIES_MAX:
        passed += 1
        asked = scene.chat(REPORT, SMALL, NIGHTLY)
    title = "A budget is spent: what a request may cost at most is reserved before it leaves"
    lines = _lines(NIGHTLY, asked)[1:]
    return Step(title, passed > 0 and _refused(asked, LIMITED), (("before", f"{passed} passed"), *lines))


def _killed(run_time: RunTime, scene: Scene) -> Step:
    reason = "an answer said what it must not"
    scope = f"workflow:{DESK}"
    report = kill(run_time.store, run_time.drain, scope, by=SAFETY_OWNER, reason=reason, clock=run_time.clock)
    asked = scene.chat(DESK, SMALL, PLAIN)
    title = f"{SAFETY_OWNER.name} stops the workflow: the next request does not pass"
    return Step(title, _refused(asked, FORBIDDEN), (("fenced", report.fenced_at), *_lines(PLAIN, asked)))


def _kept_here(asked: Asked, written: Written, *values: str) -> bool:
    """Whether it was answered with all that was asked, though none of these values left."""
    left = "".join(asked.left)
    return asked.answered.status == OK and written.text in asked.said and not any(one in left for one in values)


def _refused(asked: Asked, status: int) -> bool:
    return asked.answered.status == status and not asked.left


def _lines(written: Written, asked: Asked) -> tuple[tuple[str, str], ...]:
    left = " | ".join(asked.left) or "nothing"
    return ("asked", written.text), ("left", left), ("back", f"{asked.answered.status}, {asked.said}")
