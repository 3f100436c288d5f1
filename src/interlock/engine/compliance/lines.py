"""What the controls behind a line add up to."""

from collections.abc import Mapping, Sequence

from interlock.terms.compliance import ControlFound, Framework, FrameworkLine, InForce, LineFound


def judge_lines(framework: Framework, found: Mapping[str, ControlFound]) -> Sequence[LineFound]:
    """Each line of a framework with the state of its controls, in its order."""
    return tuple(judge_line(line, found) for line in framework.lines)


def judge_line(line: FrameworkLine, found: Mapping[str, ControlFound]) -> LineFound:
    """A line is in force where every one of its controls is: what has nothing to look at yet is not in force."""
    controls = tuple(found[name] for name in line.controls)
    return LineFound(line, _together([control.state for control in controls]), controls)


def _together(states: Sequence[InForce]) -> InForce:
    kinds = set(states)
    if not kinds:
        return InForce.NOT_COVERED
    if len(kinds) == 1:
        return kinds.pop()
    if kinds <= {InForce.NOT_IN_FORCE, InForce.NOTHING_TO_LOOK_AT}:
        return InForce.NOT_IN_FORCE
    return InForce.PARTLY
