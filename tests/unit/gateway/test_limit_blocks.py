"""Blocks of an allowance: whatever processes do, what they reserve stays within the limit, and nothing is lost."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from interlock.engine.gateway.limits.block import NEEDED_TICKS, SHARE, Block

PROCESSES = st.integers(0, 2)
AMOUNTS = st.integers(0, 60)


class Replicas(RuleBasedStateMachine):
    """Three processes, one limit, and a store that keeps to it, as interlock.ports.gateway.allowances says."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 500
        self.taken = 0
        self.blocks = [Block() for _ in range(3)]
        self.reserved: list[tuple[int, int]] = []
        self.used = 0
        self.overrun = 0
        self.stranded = 0

    @rule(process=PROCESSES, amount=AMOUNTS, waiting=AMOUNTS, since_s=st.sampled_from([0.1, 2.0, 20.0]))
    def reserve(self, process: int, amount: int, waiting: int, since_s: float) -> None:
        block = self.blocks[process]
        missing = amount - block.room
        if missing > 0:
            wish = block.wish(missing, waiting, self.most, since_s=since_s)
            assert wish >= missing
            left = self.most - self.taken
            got = min(wish, left) if left >= missing else 0
            self.taken += got
            block.leased(got, self.most - self.taken)
        if block.room >= amount:
            block.reserve(amount)
            self.reserved.append((process, amount))

    @precondition(lambda self: self.reserved)
    @rule(which=st.integers(0, 1_000), share=st.integers(0, 100))
    def settle(self, which: int, share: int) -> None:
        process, amount = self.reserved.pop(which % len(self.reserved))
        used = amount * share // 100
        self.blocks[process].release(amount - used)
        self.used += used

    @precondition(lambda self: self.reserved)
    @rule(which=st.integers(0, 1_000), beyond=st.integers(1, 90))
    def settle_beyond(self, which: int, beyond: int) -> None:
        process, amount = self.reserved.pop(which % len(self.reserved))
        self.blocks[process].release(-beyond)
        self.used += amount + beyond
        self.overrun += beyond

    @rule(process=PROCESSES, ended=st.booleans(), answers=st.booleans())
    def look(self, process: int, ended: bool, answers: bool) -> None:
        block = self.blocks[process]
        amount = block.surplus(ended=ended)
        assert block.room >= 0
        if amount < 0 and not answers:
            block.release(amount)  # the store was not told: it still is to be
        elif amount > 0 and not answers:
            self.stranded += amount
        else:
            self.taken -= amount

    @rule(process=PROCESSES)
    def die(self, process: int) -> None:
        lost = [one for one in self.reserved if one[0] == process]
        self.reserved = [one for one in self.reserved if one[0] != process]
        self.stranded += self.blocks[process].room + sum(amount for _, amount in lost)
        self.blocks[process] = Block()

    @invariant()
    def every_amount_is_somewhere(self) -> None:
        held = sum(amount for _, amount in self.reserved)
        rooms = sum(block.room for block in self.blocks)
        assert self.taken == self.used + held + rooms + self.stranded

    @invariant()
    def nobody_reserves_beyond_the_limit(self) -> None:
        assert self.used + sum(amount for _, amount in self.reserved) <= self.most + self.overrun


TestReplicas = Replicas.TestCase
TestReplicas.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def leased(room: int, left: int) -> Block:
    block = Block()
    block.leased(room, left)
    block.surplus()  # the look after the lease
    return block


def test_blocks_grow_and_never_beyond_a_share_of_what_is_left() -> None:
    block, sizes = Block(), list[int]()
    for _ in range(12):
        wish = block.wish(1, 1, 160_000, since_s=0.5)
        sizes.append(wish)
        block.leased(wish, 160_000)
    assert sizes == [16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 160_000 // SHARE, 160_000 // SHARE]


def test_a_block_lasts_about_a_second() -> None:
    block = Block()
    block.leased(1_000, 10**9)
    assert [block.wish(1, 1, 10**9, since_s=since_s) for since_s in (0.9, 1.0, 7.9, 8.0)] == [2_000, 1_000, 1_000, 500]


def test_near_the_limit_only_what_is_missing_is_leased() -> None:
    block = leased(100, SHARE - 1)
    assert block.wish(3, 3, 1_000, since_s=0.5) == 3
    assert block.wish(3, 40, 1_000, since_s=0.5) == 40  # those who wait are no advance


def test_what_nobody_needed_goes_back_at_once_where_it_is_scarce() -> None:
    block = leased(100, 100 * SHARE)
    assert (block.surplus(), block.room) == (100, 0)


def test_what_nobody_needed_stays_for_a_while_where_there_is_plenty() -> None:
    block = leased(100, 100 * SHARE + 1)
    looks = [block.surplus() for _ in range(NEEDED_TICKS)]
    assert looks == [*[0] * (NEEDED_TICKS - 1), 100]


def test_only_what_was_never_needed_since_the_last_look_goes_back() -> None:
    block = leased(100, 100)
    block.reserve(70)
    block.release(65)
    assert (block.surplus(), block.room) == (30, 65)


def test_an_ended_window_gives_back_everything() -> None:
    block = leased(100, 10**9)
    block.reserve(40)
    assert (block.surplus(ended=True), block.room) == (60, 0)


def test_what_was_used_beyond_is_told_in_full() -> None:
    block = leased(10, 0)
    block.reserve(10)
    block.release(-25)
    assert (block.room, block.surplus(), block.room) == (-25, -25, 0)
