"""Proofs about a mean loss: no gain on average at the budget, exactly; what is refused; which way to bet is faster."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interlock.engine.oversight.sequential.bounded import Bets, Side, prove_mean

SIDES: tuple[Side, ...] = ("under", "over")
BETS: tuple[Bets, ...] = ("hoeffding", "bernstein", "betting")


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("bets", BETS)
@pytest.mark.parametrize("law", [{0.0: 0.9, 1.0: 0.1}, {0.0: 0.5, 0.3: 0.3, 1.0: 0.2}, {0.0: 0.1, 0.9: 0.9}])
def test_mean_wealth_is_at_most_one_at_the_budget(side: Side, bets: Bets, law: dict[float, float]) -> None:
    """Over all sequences of 7 losses with their probability: no simulation error. Betting is fair, it gives nothing up.

    A stake that read the loss it is held against (planted: `variance` without the shift) gives means up to 1.35.
    """
    budget, mean = sum(loss * share for loss, share in law.items()), 0.0
    for losses in itertools.product(law, repeat=7):
        chance = math.prod(law[loss] for loss in losses)
        mean += chance * math.exp(prove_mean(losses, budget, side=side, bets=bets, stake_share=1.0).log_wealth[-1])
    assert mean <= 1.0 + 1e-9
    if bets == "betting":
        assert mean == pytest.approx(1.0, abs=1e-9)


@given(
    losses=st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40),
    cut=st.integers(1, 40),
    budget=st.sampled_from((0.02, 0.5, 0.9)),
    side=st.sampled_from(SIDES),
    bets=st.sampled_from(BETS),
)
def test_what_comes_later_changes_nothing_before(
    losses: list[float], cut: int, budget: float, side: Side, bets: Bets
) -> None:
    whole, part = (prove_mean(each, budget, side=side, bets=bets) for each in (losses, losses[:cut]))
    assert np.allclose(whole.log_wealth[:cut], part.log_wealth, rtol=1e-12, atol=1e-12)
    if part.decided:
        assert whole.decided_at == part.decided_at


@pytest.mark.parametrize("bets", BETS)
def test_each_side_is_the_other_one_of_what_was_not_lost(bets: Bets) -> None:
    losses = np.random.default_rng(1).beta(0.1, 2.0, 500)
    under = prove_mean(losses, 0.1, bets=bets, side="under").log_wealth
    assert np.allclose(under, prove_mean(1.0 - losses, 0.9, bets=bets, side="over").log_wealth)


def test_the_wealth_of_bets_is_as_defined() -> None:
    """By hand: losses 0 and 1 over a budget of 0.2, stakes sqrt(2 ln 20 / (t ln(1+t) v)), at most 0.5 / 0.2."""
    stakes = [math.sqrt(2 * math.log(20) / (t * math.log(1 + t) * v)) for t, v in ((1, 0.25), (2, 0.3125 / 2))]
    assert min(stakes) > 2.5
    got = prove_mean([0.0, 1.0], 0.2, side="over").log_wealth
    assert got == pytest.approx([math.log(1 - 0.5), math.log(0.5) + math.log(1 + 2.5 * 0.8)])


def test_proofs_come_on_their_side_and_betting_is_first() -> None:
    """Mean loss 0.01 under a budget of 0.05, and 0.15 over it."""
    rng = np.random.default_rng(2)
    small, great = rng.beta(0.1, 9.9, 4000), rng.beta(0.5, 2.83, 4000)
    under = [prove_mean(small, 0.05, bets=bets).decided_at for bets in BETS]
    over = [prove_mean(great, 0.05, bets=bets, side="over").decided_at for bets in BETS]
    for hoeffding, bernstein, betting in (under, over):
        assert betting is not None
        assert bernstein is not None
        assert hoeffding is None or hoeffding > bernstein > betting
    assert not prove_mean(great, 0.05).decided
    assert not prove_mean(small, 0.05, side="over").decided
    # without any loss the greatest stake is on from the first
    least = math.ceil(math.log(20) / math.log1p(0.5 * 0.05 / 0.95))
    none = prove_mean(np.zeros(300), 0.05)
    assert (none.decided, none.decided_at) == (True, least)


def test_no_loss_at_all_proves_nothing() -> None:
    proof = prove_mean([], 0.05)
    assert (len(proof.log_wealth), proof.decided) == (0, False)


@pytest.mark.parametrize(
    ("losses", "more", "message"),
    [
        ([0.0, 1.5], {}, r"losses\[1\] is 1.5: give shares of the worst loss"),
        ([float("nan")], {}, r"losses\[0\] is nan"),
        ([0.1, None], {}, r"losses\[1\] is nan"),
        ([[0.1]], {}, "2 dimensions"),
        ([0.1], {"side": "beside"}, "side is 'beside': give one of under, over"),
        ([0.1], {"bets": "all"}, "bets is 'all': give one of hoeffding, bernstein, betting"),
        ([0.1], {"stake_share": 0.0}, "stake_share is 0.0"),
        ([0.1], {"delta": float("nan")}, "delta is nan"),
    ],
)
def test_what_is_no_loss_is_refused(losses: list[float], more: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prove_mean(losses, 0.05, **more)  # type: ignore[arg-type]
