"""What a score says, in words: to a command and to a page alike."""

from interlock.engine.instruments.scales import choices_of
from interlock.engine.instruments.scoring import NOT_DECIDED, ItemScore, Scored
from interlock.terms.instrument import Answer, Instrument, Scale


def total_words(result: Scored) -> str:
    """The total, as a range while something is missing or contradicted."""
    return f"{result.low}" if result.low == result.high else f"{result.low} to {result.high}"


def conclusion(result: Scored) -> str:
    """The total, its best and its band, such as "78 of 90: go on to controlled rollout"."""
    if not result.best:
        return "answered in words"
    return f"{total_words(result)} of {result.best}{result.band and f': {result.band}'}"


def to_answer(result: Scored) -> tuple[str, ...]:
    """The items that stand between the answers and a band."""
    return result.unanswered if result.band in {NOT_DECIDED, ""} else ()


def answer_words(instrument: Instrument, answer: Answer) -> str:
    """A value with what it means, or the words themselves."""
    if answer.value is None:
        return answer.words
    said = dict(choices_of(instrument)).get(answer.value, "")
    if not said:
        return str(answer.value)
    return said if instrument.scale is not Scale.ONE_TO_FIVE else f"{answer.value} ({said})"


def item_words(one: ItemScore) -> tuple[str, ...]:
    """What stands behind one item and against it."""
    said = ["no answer"]
    if one.given is not None:
        answer = one.given.answer
        said = [f"{answer.words if answer.value is None else answer.value} ({one.given.by}, {one.given.at[:10]})"]
    return (*said, *doubts(one))


def doubts(one: ItemScore) -> tuple[str, ...]:
    """What records say of one item, and why its evidence does not hold."""
    said = []
    if one.measured is not None:
        said.append(f"{'CONTRADICTED: ' if one.contradicted else 'on record: '}{one.measured.says}")
    for digests, words in ((one.stale, "STALE evidence"), (one.other_release, "evidence of ANOTHER RELEASE")):
        if digests:
            said.append(f"{words}: {', '.join(digest[:19] for digest in digests)}")
    if one.opinion and one.given is not None:
        said.append("opinion: cites no evidence")
    return tuple(said)
