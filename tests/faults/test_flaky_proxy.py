"""The proxy loses a connection where it is told and nowhere else, and the server does what it had been sent."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from faults.flaky_proxy import Cut, FlakyProxy, Message, Side, every_cut
from postgres_server import Databases

INSERT = "INSERT INTO kept VALUES (1)"
BEGIN, COMMIT = "BEGIN", "COMMIT"
SENT_S = 5.0
STILL_S = 0.2


def one_table(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")


@pytest.fixture
def direct(postgres: Databases) -> str:
    """A database with an empty table."""
    return postgres.new_database(schema=one_table)


@pytest.fixture(params=[False, True], ids=["port", "unix socket"])
def proxy(request: pytest.FixtureRequest, direct: str) -> Iterator[FlakyProxy]:
    with FlakyProxy(direct, unix=request.param) as made:
        yield made


def kept(direct: str) -> int:
    with psycopg.connect(direct) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM kept").fetchall()
    return int(count)


def settled(direct: str) -> int:
    """The rows once no other session is left that could add one."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    give_up = time.monotonic() + SENT_S
    with psycopg.connect(direct, autocommit=True) as connection:
        while connection.execute(others).fetchall() != [(0,)]:
            assert time.monotonic() < give_up, "a session was not told that its client is gone"
            time.sleep(0.01)
    return kept(direct)


def inserted(connection: psycopg.Connection) -> bool:
    """Whether the client was told that its row is kept."""
    try:
        connection.execute(INSERT)
        connection.commit()
    except psycopg.OperationalError:
        return False
    return True


def test_in_peace_all_comes_through_and_is_seen(direct: str, proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url) as connection:
        proxy.forget()
        told = inserted(connection)
        seen = proxy.seen

    assert (told, kept(direct)) == (True, 1)
    assert seen == (
        Message(Side.TO_SERVER, "Q", BEGIN),
        Message(Side.TO_CLIENT, "C", BEGIN),
        Message(Side.TO_CLIENT, "Z", "T"),
        Message(Side.TO_SERVER, "Q", INSERT),
        Message(Side.TO_CLIENT, "C", "INSERT 0 1"),
        Message(Side.TO_CLIENT, "Z", "T"),
        Message(Side.TO_SERVER, "Q", COMMIT),
        Message(Side.TO_CLIENT, "C", COMMIT),
        Message(Side.TO_CLIENT, "Z", "I"),
    )


def test_a_prepared_statement_is_named_by_its_words_each_time(proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        proxy.forget()
        for number in (1, 2):
            connection.execute("INSERT INTO kept VALUES (%s)", [number], prepare=True)
        named = [(each.kind, each.words) for each in proxy.seen if each.side is Side.TO_SERVER and each.words]

    insert = "INSERT INTO kept VALUES ($1)"
    assert named == [("P", insert), ("B", insert), ("B", insert)]


def test_every_place_of_a_conversation_once_before_and_once_after_it() -> None:
    seen = (Message(Side.TO_SERVER, "Q"), Message(Side.TO_CLIENT, "C"), Message(Side.TO_SERVER, "Q"))

    assert every_cut(seen) == (
        Cut(Side.TO_SERVER, 1, delivered=False),
        Cut(Side.TO_SERVER, 1, delivered=True),
        Cut(Side.TO_CLIENT, 1, delivered=False),
        Cut(Side.TO_CLIENT, 1, delivered=True),
        Cut(Side.TO_SERVER, 2, delivered=False),
        Cut(Side.TO_SERVER, 2, delivered=True),
    )


def test_the_row_is_kept_exactly_where_the_commit_was_delivered(direct: str, proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url) as connection:
        proxy.forget()
        inserted(connection)
        cuts = every_cut(proxy.seen)
    found = {}
    for cut in cuts:
        before = settled(direct)
        with psycopg.connect(proxy.url) as connection:
            proxy.cut(cut)
            told = inserted(connection)
            happened = proxy.wait_for_cut(seconds=SENT_S)
        found[cut] = (happened, told, settled(direct) - before)

    commit_sent, commit_done, last_word = Cut(Side.TO_SERVER, 3), Cut(Side.TO_CLIENT, 5), Cut(Side.TO_CLIENT, 6)
    delivered = (commit_sent, commit_done, last_word)
    kept_in = {Cut(each.side, each.message, after) for each in delivered for after in (False, True)} - {commit_sent}
    told_in = {Cut(last_word.side, last_word.message, delivered=True)}
    assert found == {cut: (True, cut in told_in, int(cut in kept_in)) for cut in cuts}


def test_after_a_cut_others_are_left_alone(direct: str, proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url) as bystander, psycopg.connect(proxy.url) as unlucky:
        proxy.cut(Cut(Side.TO_SERVER, 1))
        first = inserted(unlucky)
        with psycopg.connect(proxy.url) as again:
            assert (first, inserted(bystander), inserted(again)) == (False, True, True)

    assert kept(direct) == 2


def test_a_server_that_is_not_told_keeps_the_session_and_its_locks(direct: str) -> None:
    with FlakyProxy(direct) as proxy, psycopg.connect(proxy.url) as vanishing:
        vanishing.execute("SELECT pg_advisory_xact_lock(1)")
        proxy.cut(Cut(Side.TO_SERVER, 1, server_told=False))
        with pytest.raises(psycopg.OperationalError):
            vanishing.execute("SELECT 1")
        with psycopg.connect(direct) as other:
            [(free,)] = other.execute("SELECT pg_try_advisory_xact_lock(1)").fetchall()
    settled(direct)
    with psycopg.connect(direct) as other:
        [(free_after,)] = other.execute("SELECT pg_try_advisory_xact_lock(1)").fetchall()

    assert (free, free_after) == (False, True)


def test_while_it_pauses_nothing_arrives_and_nothing_is_lost(direct: str, proxy: FlakyProxy) -> None:
    told: list[bool] = []
    with psycopg.connect(proxy.url) as connection:
        proxy.pause()
        caller = threading.Thread(target=lambda: told.append(inserted(connection)))
        caller.start()
        caller.join(STILL_S)
        assert (caller.is_alive(), kept(direct)) == (True, 0)
        proxy.resume()
        caller.join()

    assert (told, kept(direct)) == ([True], 1)


def test_new_connections_are_refused_until_they_are_allowed(proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url) as before:
        proxy.refuse()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(proxy.url)
        assert inserted(before)
        proxy.allow()
        with psycopg.connect(proxy.url) as after:
            assert inserted(after)


def test_all_can_be_dropped_at_once(direct: str, proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url) as one, psycopg.connect(proxy.url) as two:
        proxy.drop_all()
        assert (inserted(one), inserted(two)) == (False, False)
    with psycopg.connect(proxy.url) as three:
        assert inserted(three)

    assert settled(direct) == 1


def test_a_running_statement_can_be_cancelled_through_it(proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        threading.Timer(STILL_S, connection.cancel_safe).start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
        assert Message(Side.TO_SERVER, "cancel") in proxy.seen


def test_a_client_that_asks_for_encryption_is_told_that_there_is_none(proxy: FlakyProxy) -> None:
    with psycopg.connect(proxy.url.replace("sslmode=disable", "sslmode=prefer")) as connection:
        assert inserted(connection)


def test_a_server_that_is_down_looks_so_through_it() -> None:
    with FlakyProxy("postgresql://nobody@/x?host=%2Ftmp%2Fno-such-folder") as proxy:
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(proxy.url)
        assert proxy.seen == ()
