"""The reservoir: uniform, reproducible, in file order, bounded."""

import pytest
from scipy import stats

from interlock.adapters.tables.sampling import Reservoir, _size_bytes

ROWS, KEPT, REPETITIONS = 40, 10, 3_000


def kept(seed: int, *, bytes_max: int | None = None) -> list[int]:
    reservoir = Reservoir(rows_max=KEPT, seed=seed) if bytes_max is None else Reservoir(
        rows_max=4 * KEPT, seed=seed, bytes_max=bytes_max
    )  # fmt: skip
    for line in range(ROWS):
        reservoir.offer(line, ("x" * 10,))
    return [line for line, _ in reservoir.sample()]


@pytest.mark.parametrize("halved", [False, True])
def test_every_row_is_kept_equally_often(halved: bool) -> None:
    """Two-sided binomial limits at 1e-6 over all rows together (Bonferroni): a right sampler fails less often."""
    bytes_max = 15 * _size_bytes(("x" * 10,)) if halved else None
    samples = [kept(seed, bytes_max=bytes_max) for seed in range(REPETITIONS)]
    sizes = {len(sample) for sample in samples}
    assert len(sizes) == 1
    size = sizes.pop()
    assert size == KEPT if not halved else 4 <= size <= 15
    counts = [sum(row in sample for sample in samples) for row in range(ROWS)]
    share, error = size / ROWS, 1e-6 / (2 * ROWS)
    low, high = stats.binom.ppf(error, REPETITIONS, share), stats.binom.isf(error, REPETITIONS, share)
    assert [count for count in counts if not low <= count <= high] == []


def test_one_seed_gives_one_sample_in_file_order() -> None:
    assert kept(3) == kept(3)
    assert kept(3) == sorted(kept(3))
    assert kept(3) != kept(4)


def test_fewer_rows_than_asked_for_are_all_kept() -> None:
    reservoir = Reservoir(rows_max=100, seed=1)
    for line in range(5):
        reservoir.offer(line, (str(line),))
    assert reservoir.sample() == [(line, (str(line),)) for line in range(5)]


def test_long_rows_cost_sample_size_not_memory() -> None:
    reservoir = Reservoir(rows_max=1_000, seed=1, bytes_max=1_000_000)
    for line in range(5_000):
        reservoir.offer(line, (f"{line}" + "y" * 50_000,))
    sample = reservoir.sample()
    assert sum(_size_bytes(row) for _, row in sample) <= 1_000_000
    assert 5 <= len(sample) <= 20
    assert reservoir.seen == 5_000
