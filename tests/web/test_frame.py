"""What every page has: a policy without anything inline, and errors as pages that say what to do."""

import pytest

from web_desk import WebDesk, text_of, title_of


def test_a_page_lets_a_browser_run_only_our_own_files(desk: WebDesk) -> None:
    answer = desk.get("/nowhere")
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


def test_the_style_is_small(desk: WebDesk) -> None:
    sheets = [desk.get(f"/static/{name}").content for name in ("look.css", "pictures.css", "app.css")]
    assert sum(map(len, sheets)) <= 20 * 1024
