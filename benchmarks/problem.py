"""Precision and recall of the linter of problem statements, for each lack.

python benchmarks/problem.py [--tuning | --rival].

Without --tuning it reads the held-out half; --rival scores a text classifier on it instead.
"""

import sys

from statements.corpus import clean, found_in, rows, shown, statements


def main(*, held_out: bool, mistakes: bool) -> None:
    half = [one for one in statements() if one.held_out is held_out]
    print(f"{'held-out' if held_out else 'tuning'} half: {len(half)} statements, 95 % Clopper-Pearson\n")
    print("| lacks | precision | recall |\n| --- | --- | --- |")
    for name, score in rows(half):
        print(f"| {name} | {shown(score.precision)} | {shown(score.recall)} |")
    print(f"\nstrong statements of which nothing is said: {shown(clean(half))}")
    for one in half if mistakes else []:
        found = found_in(one)
        if found != one.lacks:
            print(one.id, "wrongly:", sorted(found - one.lacks), "overlooked:", sorted(one.lacks - found))


def rival() -> None:
    from statements.rival import rival_score

    whole = statements()
    score = rival_score([one for one in whole if not one.held_out], [one for one in whole if one.held_out])
    print(f"classifier, held-out half, all lacks: precision {shown(score.precision)}, recall {shown(score.recall)}")


if __name__ == "__main__":
    tuning = "--tuning" in sys.argv
    if "--rival" in sys.argv:
        rival()
    else:
        main(held_out=not tuning, mistakes=tuning)
