"""Train the detector of attempts to take over a model, on the half of the texts that is never reported.

    python -m detectors.train --data DIR [--out FILE]     (in benchmarks/)

Logistic regression on the words and pairs of words of each stretch, weights not negative and few (an L1 penalty), by
L-BFGS-B: the same texts give the same weights. Of an attempt only the stretches that score in its upper half are used
again, twice: most of a long one is a story. The bar for an alarm is set where, in five turns on texts not trained on,
one benign text in two hundred is over it. Then all of the half trains the weights that are shipped.
"""

import argparse
import hashlib
import math
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize

from detectors.corpus import Text, groups, halves, texts
from interlock.engine.gateway.detectors.injection import UNIT, phrases_of, words_of

Floats = npt.NDArray[np.float64]
FEW, EVEN = 6e-4, 1e-5  # how much a weight costs, and its square
GROUPS_MIN = 8  # a phrase counts when so many groups of attempts have it
# To speak of models is no attempt; the benign sets hardly do, so they would not say so.
TOPIC = frozenset(
    b"ai chatgpt gpt gpt3 gpt4 openai prompt prompts model models chatbot chatbots bot bots llm llms".split()
)
TURNS, ROUNDS, STEPS = 5, 3, 150
BENIGN_ALARMS = 0.005
ATTEMPTS_WEIGH = 0.3  # of all that weighs: attempts are rare where the detector works
MODEL = "src/interlock/engine/gateway/detectors/injection_model.py"


@dataclass(frozen=True)
class Half:
    """The texts to tune on: their stretches, what they are, and which belong together."""

    stretches: list[list[set[bytes]]]
    attempt: npt.NDArray[np.bool_]
    group: npt.NDArray[np.int64]

    def only(self, which: npt.NDArray[np.bool_]) -> "Half":
        kept = [each for each, keep in zip(self.stretches, which, strict=True) if keep]
        return Half(kept, self.attempt[which], self.group[which])


def half_of(found: Sequence[Text]) -> Half:
    stretches = [list(phrases_of(words_of(text.text))) or [set()] for text in found]
    return Half(stretches, np.array([text.attempt for text in found]), np.array(groups(list(found))))


def vocabulary(half: Half) -> list[bytes]:
    seen: dict[bytes, set[int]] = {}
    for stretches, attempt, group in zip(half.stretches, half.attempt, half.group, strict=True):
        if attempt:
            for phrase in set().union(*stretches):
                seen.setdefault(phrase, set()).add(int(group))
    often = (phrase for phrase, where in seen.items() if len(where) >= GROUPS_MIN and phrase.isascii())
    return sorted(phrase for phrase in often if not TOPIC.intersection(phrase.split()))


def trained(half: Half) -> tuple[dict[bytes, float], float]:
    """Weights in logits, and the bias."""
    phrases = vocabulary(half)
    column = {phrase: n for n, phrase in enumerate(phrases)}
    rows = [sorted(column[p] for p in stretch if p in column) for each in half.stretches for stretch in each]
    owner = np.repeat(np.arange(len(half.stretches)), [len(each) for each in half.stretches])
    table = sp.csr_matrix(
        (np.ones(sum(map(len, rows))), np.concatenate([np.array(r, dtype=int) for r in rows]), _edges(rows)),
        shape=(len(rows), len(phrases)),
    )
    attempt = half.attempt[owner]
    weigh = _weigh(half, owner, attempt)
    used, weights = np.ones(len(rows), dtype=bool), np.zeros(len(phrases) + 1)
    for _ in range(ROUNDS):
        weights = _fitted(table[used], attempt[used], weigh[used], weights)
        used = _heavier(table @ weights[:-1], owner, attempt)
    return dict(zip(phrases, weights[:-1].tolist(), strict=True)), float(weights[-1])


def _edges(rows: list[list[int]]) -> npt.NDArray[np.int64]:
    return np.cumsum([0, *map(len, rows)])


def _weigh(half: Half, owner: npt.NDArray[np.int64], attempt: npt.NDArray[np.bool_]) -> Floats:
    """A benign stretch weighs 1, an attempt's less where it has many or is one of many alike."""
    stretches, alike = np.bincount(owner), Counter(half.group.tolist())
    shared = np.sqrt([alike[group] for group in half.group.tolist()])
    return np.where(attempt, 1.0 / (stretches[owner] * shared[owner]), 1.0)


def _fitted(table: sp.csr_matrix, attempt: npt.NDArray[np.bool_], weigh: Floats, start: Floats) -> Floats:
    sign = np.where(attempt, 1.0, -1.0)
    share = np.where(attempt, ATTEMPTS_WEIGH / weigh[attempt].sum(), (1 - ATTEMPTS_WEIGH) / weigh[~attempt].sum())
    part = weigh * share

    def loss(at: Floats) -> tuple[float, Floats]:
        margin = sign * (table @ at[:-1] + at[-1])
        pull = -sign * part / (1.0 + np.exp(margin))
        value = (part * np.logaddexp(0.0, -margin)).sum() + FEW * at[:-1].sum() + EVEN * (at[:-1] ** 2).sum() / 2
        return float(value), np.append(table.T @ pull + FEW + EVEN * at[:-1], pull.sum())

    bounds = [(0.0, None)] * table.shape[1] + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS})
    return np.asarray(found.x)


def _heavier(score: Floats, owner: npt.NDArray[np.int64], attempt: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    used = np.ones(len(score), dtype=bool)
    for each in np.unique(owner[attempt]):
        of_it = np.flatnonzero(owner == each)
        used[of_it[np.argsort(-score[of_it], kind="stable")][(len(of_it) + 1) // 2 :]] = False
    return used


def scores(half: Half, weights: dict[bytes, float], bias: float) -> Floats:
    heavy = {phrase: weight for phrase, weight in weights.items() if round(weight * UNIT) > 0}
    return np.array(
        [max(sum(heavy.get(p, 0.0) for p in stretch) for stretch in each) + bias for each in half.stretches]
    )


def bar(half: Half) -> float:
    """In logits: over it is an alarm."""
    turn = np.array([hashlib.sha256(b"%d" % group).digest()[0] % TURNS for group in half.group.tolist()])
    score = np.zeros(len(half.group))
    for each in range(TURNS):
        score[turn == each] = scores(half.only(turn == each), *trained(half.only(turn != each)))
    return float(np.quantile(score[~half.attempt], 1 - BENIGN_ALARMS))


def module(weights: dict[bytes, float], bias: float, alarm: float) -> str:
    rounded = {phrase.decode("ascii"): round(weight * UNIT) for phrase, weight in weights.items()}
    lines = "".join(
        f'    "{phrase}": {weight},\n'
        for phrase, weight in sorted(rounded.items(), key=lambda item: (-item[1], item[0]))
        if weight
    )
    return (
        '"""What attempts to take over a model weigh, in hundredths of a logit: written by the training."""'
        "\n\n"
        f"BIAS = {round(bias * UNIT)}\n"
        f"ALARM_PERMILLE = {math.ceil(1000 / (1 + math.exp(-alarm)))}\n"
        f"WEIGHTS = {{\n{lines}}}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("INTERLOCK_DATA"), help="or $INTERLOCK_DATA")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / MODEL)
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("name the folder of the data sets: --data, or INTERLOCK_DATA")
    half = half_of(halves(texts(asked.data))[0])
    weights, bias = trained(half)
    asked.out.write_text(module(weights, bias, bar(half)))
    print(f"{asked.out}: {sum(round(w * UNIT) > 0 for w in weights.values())} phrases")


if __name__ == "__main__":
    main()
