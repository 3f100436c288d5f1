"""What every page has: a policy without anything inline, and errors as pages that say what to do."""

import pytest

from web_desk import WebDesk, text_of, title_of


def test_a_page_lets_a_browser_run_only_our_own_files(
    desk: WebDesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answer = desk.get("/nowhere")
    assert "strict-transport-security" not in answer.headers, "a promise about TLS is made over TLS"
    over_tls = desk.client.get("https://127.0.0.1/nowhere")
    assert over_tls.headers["strict-transport-security"] == "max-age=31536000"
    monkeypatch.setattr("interlock.surfaces.web.start.routes._trial", _fails)
    failed = desk.get("/start/tries/x%1b[2Kforged")
    assert (failed.status_code, title_of(failed)) == (500, "Something went wrong here")
    assert [one.getMessage() for one in caplog.records] == ["GET /start/tries/x%1B%5B2Kforged failed"]
    monkeypatch.setattr("interlock.surfaces.web.problems.problem_page", _fails)
    failed_twice = desk.get("/start/tries/x")
    assert (failed_twice.status_code, failed_twice.text) == (500, "the server failed at this; its log says why")
    refused = desk.client.post("/sign-in", content=b"x", headers={"content-type": "text/plain; charset=punycode"})
    for other in (over_tls, failed, failed_twice, refused):
        assert other.headers["content-security-policy"] == answer.headers["content-security-policy"]
        assert other.headers["cache-control"] == "no-store"
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (" style=" in answer.text, "<style" in answer.text, " onclick=" in answer.text) == (False, False, False)


def _fails(*_: object) -> None:
    raise RuntimeError("as nobody thought of")


def test_nobody_chooses_the_codec_that_reads_a_form(desk: WebDesk) -> None:
    """One that takes minutes for a megabyte would keep everybody waiting."""
    body = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n'
    form = "multipart/form-data; boundary=b"
    refused = (f"{form}; charset=punycode", "a/b;CHARSET = 'idna'", "a/b; charset*=utf-8''punycode")
    plain = (form, f'{form}; charset="UTF-8"', f"{form};charset=utf8 ;x=y")
    answers = [desk.client.post("/sign-in", content=body, headers={"content-type": kind}) for kind in refused + plain]
    assert [answer.status_code for answer in answers] == [415] * 3 + [403] * 3
    assert "UTF-8 only" in answers[0].text


@pytest.mark.parametrize("name", ["htmx.min.js", "app.css", "look.css", "pictures.css", "mark.svg"])
def test_files_are_kept_by_their_content(desk: WebDesk, name: str) -> None:
    page = desk.get("/nowhere").text
    address = page.partition(f"/static/{name}?v=")[2][:12]
    answer = desk.get(f"/static/{name}?v={address}", as_=None)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize("path", ["/static/../site.py", "/static/%2e%2e%2fsite.py", "/static/none.js", "/nowhere"])
def test_what_is_not_there_is_a_page_that_says_so(desk: WebDesk, path: str) -> None:
    answer = desk.get(path)
    assert (answer.status_code, title_of(answer)) == (404, "There is nothing here")
    assert "The links above lead to what there is." in text_of(answer)


def test_too_much_at_once_is_a_page_that_says_what_to_send(desk: WebDesk) -> None:
    answer = desk.post("/start/sample", {"cost_wrong": "1" * 1_100_000})
    assert (answer.status_code, title_of(answer)) == (413, "This is too much at once")
    assert "a random part of its rows" in text_of(answer)


def test_the_style_is_small(desk: WebDesk) -> None:
    sheets = [desk.get(f"/static/{name}").content for name in ("look.css", "pictures.css", "app.css")]
    assert sum(map(len, sheets)) <= 20 * 1024
