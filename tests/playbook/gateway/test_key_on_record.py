"""The trace says with which key a request came: whether it left or not."""

import json
from pathlib import Path

from gateway_in_process import inside
from interlock.terms.gateway.trace import Accepted

CLIENT = "all of it"


def test_each_request_is_on_record_with_the_name_of_its_key(tmp_path: Path) -> None:
    body = json.dumps({"model": "small", "messages": [{"role": "user", "content": "hello"}]}).encode()
    unknown = json.dumps({"model": "none", "messages": [{"role": "user", "content": "hello"}]}).encode()
    with inside(tmp_path) as gateway:
        statuses = [gateway.ask("/v1/chat/completions", [content], client=CLIENT).status for content in (body, unknown)]
        begun = [one for one in gateway.records if isinstance(one, Accepted)]
        key = gateway.keys[CLIENT]
    assert statuses == [200, 404]
    assert [one.key for one in begun] == [CLIENT, CLIENT]
    assert key not in repr(begun)
