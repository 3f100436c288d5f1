"""What a certificate promises and what it rests on, in words; printed with every certificate."""

from interlock.terms.certificate import Promise


def percent(share: float) -> str:
    """0.005 -> "0.5 %"."""
    return f"{100.0 * share:.6g} %"


def promise_in_words(promise: Promise, *, budget: float, delta: float, with_loss: bool = False) -> str:
    """The promise as one sentence with its conditions; `with_loss`: the budget is one of mean loss."""
    conditions = (
        "If labels are a random sample of the traffic that this release will face, one case per customer or thread, "
        f"and reviewers are right, then with at least {percent(1.0 - delta)} confidence at most {percent(budget)} of "
    )
    if with_loss:
        of = "all incoming cases" if promise is Promise.JOINT else "automatically applied actions"
        opening = conditions.removesuffix(f"at most {percent(budget)} of ")
        return f"{opening}the mean loss over {of} is at most {percent(budget)} of the worst one."
    if promise is Promise.JOINT:
        return conditions + "all incoming cases are applied automatically and wrong."
    return conditions + "automatically applied actions are wrong."


def assumptions_in_words(
    promise: Promise,
    *,
    budget: float,
    delta: float,
    certified: bool,
    fixed_candidates: bool,
    with_loss: bool = False,
    labelled_from: float | None = None,
) -> tuple[str, ...]:
    """The promise, what it rests on, when it ends, and what is not promised; each entry one plain sentence or two."""
    opening = (
        promise_in_words(promise, budget=budget, delta=delta, with_loss=with_loss)
        if certified
        else "Nothing is certified and nothing is promised: every case goes to a person."
    )
    return (
        opening,
        *_condition_on_the_labels(labelled_from),
        *_condition_on_the_search(promise, fixed_candidates=fixed_candidates, with_loss=with_loss),
        "The certificate ends with any change of model, prompt, policy or queue definition.",
        (
            "If reviewers miss a share m of errors, ask for budget x (1 - m); measure m with seeded known errors, and "
            "have every reported error looked at a second time."
        ),
        f"The {percent(delta)} is spent on this certificate alone: the k-th recalibration spends it divided by k(k+1).",
        "The bound is read at this one threshold; what is proved of the search as a whole is the budget.",
        (
            "Not promised: rates per customer or intent, a detection time, anything after the traffic shifts. "
            "Random audits must go on."
        ),
    )


def _condition_on_the_labels(labelled_from: float | None) -> tuple[str, ...]:
    if labelled_from is None:
        return ()
    return (f"Labels are a random sample of the cases with a confidence of {labelled_from:.6g} or more.",)


def _condition_on_the_search(promise: Promise, *, fixed_candidates: bool, with_loss: bool) -> tuple[str, ...]:
    if fixed_candidates:
        return ("The candidate thresholds were fixed before the labels were seen, on other cases.",)
    if promise is Promise.JOINT:
        return ()
    what = "mean loss" if with_loss else "error rate"
    monotone = (
        f"From the start of the search on, the {what} of what is applied does not fall when the threshold is lowered; "
        "thresholds fixed beforehand on unlabelled scores need no such assumption."
    )
    return (monotone,)
