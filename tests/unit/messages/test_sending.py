"""A message from a process of its own, to a real mail server and a real web hook on this machine."""

import base64

import pytest

from interlock.adapters.messages.apprised import FILES_BYTES_MAX, AppriseMessenger
from interlock.terms.errors import Unavailable
from interlock.terms.schedule import Parcel
from sinks import mail_server, web_hook

HERE = AppriseMessenger(("127.0.0.1",))
PARCEL = Parcel(
    "Monthly update: 2 decisions", "- Decide: 2\n- <b>as text</b>", (("monthly.md", "text/markdown", b"# x\n"),)
)


def test_a_mail_has_its_title_its_words_and_its_file() -> None:
    with mail_server() as sink:
        HERE.send(f"mailto://127.0.0.1:{sink.port}?to=board@example.com&from=interlock@example.com", PARCEL)
        (mail,) = sink.mails
    assert (mail["subject"], mail["to"]) == (PARCEL.title, "board@example.com")
    parts = {part.get_filename() or part.get_content_type(): part.get_payload(decode=True) for part in mail.walk()}
    assert parts["monthly.md"] == b"# x\n"
    assert b"- Decide: 2" in (parts.get("text/plain") or b"")


def test_a_mail_server_that_refuses_is_told_by_its_answer() -> None:
    with mail_server() as sink:
        sink.status = 554
        with pytest.raises(Unavailable, match="it answered 554"):
            HERE.send(f"mailto://127.0.0.1:{sink.port}?to=board@example.com&from=interlock@example.com", PARCEL)


def test_a_web_hook_gets_title_words_and_file_or_says_no() -> None:
    with web_hook() as sink:
        HERE.send(f"json://127.0.0.1:{sink.port}/in", PARCEL)
        (post,) = sink.posts
        assert (post["title"], post["message"]) == (PARCEL.title, PARCEL.words)
        assert [base64.b64decode(one["base64"]) for one in post["attachments"]] == [b"# x\n"]
        sink.status = 503
        with pytest.raises(Unavailable, match="it answered 503"):
            HERE.send(f"json://ann:secret@127.0.0.1:{sink.port}/in", PARCEL)


def test_nothing_goes_inside_by_a_redirect_or_a_name_that_leads_there() -> None:
    with web_hook() as inside, web_hook() as sink:
        sink.status, sink.redirect = 307, f"http://127.0.0.2:{inside.port}/"
        with pytest.raises(Unavailable):
            HERE.send(f"json://127.0.0.1:{sink.port}/", PARCEL)
        with pytest.raises(Unavailable, match=r"leads to 127\.0\.0\.1, which is this machine"):
            AppriseMessenger().send(f"json://127.0.0.1:{inside.port}/", PARCEL)
        assert inside.posts == []


def test_nobody_there_and_too_much_are_told() -> None:
    with web_hook() as sink:
        port = sink.port
    with pytest.raises(Unavailable, match="it cannot be reached, or did not take it"):
        HERE.send(f"json://127.0.0.1:{port}/", PARCEL)
    large = Parcel("t", "w", (("a.pdf", "application/pdf", b"x" * (FILES_BYTES_MAX + 1)),))
    with pytest.raises(Unavailable, match="its files have 25 MB, more than is taken"):
        HERE.send("json://127.0.0.1/", large)
