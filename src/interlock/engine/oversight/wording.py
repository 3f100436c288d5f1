"""What a certificate promises and what it rests on, in words; printed with every certificate."""

from interlock.terms.certificate import Promise


def percent(share: float) -> str:
    """0.005 -> "0.5 %"."""
    return f"{100.0 * share:.6g} %"


def promise_in_words(promise: Promise, *, budget: float, delta: float) -> str:
    """The promise as one sentence with its conditions."""
    conditions = (
        "If labels are a random sample of the traffic that this release will face, one case per customer or thread, "
        f"and reviewers are right, then with at least {percent(1.0 - delta)} confidence at most {percent(budget)} of "
    )
    if promise is Promise.JOINT:
        return conditions + "all incoming cases are applied automatically and wrong."
    return conditions + "automatically applied actions are wrong."


def assumptions_in_words(
    promise: Promise, *, budget: float, delta: float, certified: bool, fixed_candidates: bool
) -> tuple[str, ...]:
    """The promise, what it rests on, when it ends, and what is not promised; each entry one plain sentence or two."""
    opening = (
        promise_in_words(promise, budget=budget, delta=delta)
        if certified
        else "Nothing is certified and nothing is promised: every case goes to a person."
    )
    return (
        opening,
        *_condition_on_the_walk(promise, fixed_candidates=fixed_candidates),
        "The certificate ends with any change of model, prompt, policy or queue definition.",
        (
            "If reviewers miss a share m of errors, ask for budget x (1 - m); measure m with seeded known errors, and "
            "have every reported error looked at a second time."
        ),
        f"The {percent(delta)} is spent on this certificate alone: the k-th recalibration spends it divided by k(k+1).",
        "The bound is read at this one threshold; what is proved of the walk as a whole is the budget.",
        (
            "Not promised: rates per customer or intent, a detection time, anything after the traffic shifts. "
            "Random audits must go on."
        ),
    )


def _condition_on_the_walk(promise: Promise, *, fixed_candidates: bool) -> tuple[str, ...]:
    if fixed_candidates:
        return ("The candidate thresholds were fixed before the labels were seen, on other cases.",)
    if promise is Promise.JOINT:
        return ()
    monotone = (
        "From the start of the walk on, the error rate of what is applied does not fall when the threshold is lowered; "
        "thresholds fixed beforehand on unlabelled scores need no such assumption."
    )
    return (monotone,)
