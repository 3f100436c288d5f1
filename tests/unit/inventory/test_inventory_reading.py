"""Descriptions that can be read, and those that cannot: each says so."""

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from described_interfaces import PACK, answer, document, one, tool
from interlock.adapters.inventory import content, files, read_interfaces
from interlock.engine.inventory.audit import audit
from interlock.terms.errors import BadInput
from interlock.terms.inventory import Auth, Operation

GET = {"get": {"responses": answer({"type": "object", "properties": {"email": {"type": "string"}}})}}


def read(path: Path) -> list[Operation]:
    return list(read_interfaces([path]).operations)


def written(folder: Path, text: str | bytes, name: str = "api.yaml") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def test_versions_2_3_0_and_3_1_say_the_same(tmp_path: Path) -> None:
    two = {
        "swagger": "2.0", "info": {"title": "Shop"}, "host": "api.shop.example", "basePath": "/v1",
        "security": [{"bearer": []}],
        "paths": {"/people": {"get": {"responses": {"200": {"schema": {"properties": {"email": {}}}}}}}},
    }  # fmt: skip
    three = document({"/people": GET})
    found = [
        read(written(tmp_path, json.dumps(each), f"{number}.json"))[0]
        for number, each in enumerate((two, {**three, "openapi": "3.0.3"}, three))
    ]
    assert {(each.service, each.name, each.auth) for each in found} == {("Shop", "GET /people", Auth.REQUIRED)}
    assert {tuple(field.name for field in each.fields) for each in found} == {("email",)}
    assert {each.servers[0].url for each in found} == {"https://api.shop.example/v1"}


def test_the_body_of_version_2_comes_as_a_parameter(tmp_path: Path) -> None:
    body = {"in": "body", "name": "order", "schema": {"$ref": "#/definitions/Order"}}
    two = {
        "swagger": "2.0", "paths": {"/orders": {"post": {"parameters": [body]}}},
        "definitions": {"Order": {"properties": {"iban": {"type": "string"}}}},
    }  # fmt: skip
    assert [(each.name, each.place) for each in read(written(tmp_path, json.dumps(two)))[0].fields] == [
        ("iban", "body")
    ]


def test_files_archives_and_folders(tmp_path: Path) -> None:
    text = json.dumps(document({"/people": GET})).encode()
    folder = tmp_path / "all"
    folder.mkdir()
    written(folder, gzip.compress(text), "a.json.gz")
    written(folder, json.dumps([tool("get_order")]), "tools.json")
    with tarfile.open(folder / "b.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("deep/c.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    written(folder, "no description", "notes.txt")
    found = read_interfaces([folder])
    assert [(each.service, each.name) for each in found.operations] == [
        ("Shop (a)", "GET /people"), ("Shop (c)", "GET /people"), ("tools", "get_order"),
    ]  # fmt: skip
    assert found.unread == ()


@pytest.mark.parametrize(
    "wrap", [lambda tools: tools, lambda tools: {"tools": tools}, lambda tools: {"result": {"tools": tools}}]
)
def test_a_tool_list_in_each_of_its_forms(tmp_path: Path, wrap: Any) -> None:
    assert [each.name for each in read(written(tmp_path, json.dumps(wrap([tool("get_order")]))))] == ["get_order"]


def test_a_reference_that_leads_round_is_walked_once(tmp_path: Path) -> None:
    node = {"properties": {"iban": {"type": "string"}, "parent": {"$ref": "#/components/schemas/Node"}}}
    found = one(
        tmp_path, {"responses": answer({"$ref": "#/components/schemas/Node"})}, components={"schemas": {"Node": node}}
    )
    assert {field.name for field in found.operation.fields} == {"iban", "parent"}
    assert found.operation.unread == ()


def test_references_that_lead_nowhere_are_named_and_nothing_is_fetched(tmp_path: Path) -> None:
    schemas = {"A": {"$ref": "#/components/schemas/A"}}
    content = {
        "allOf": [{"$ref": "other.yaml#/Order"}, {"$ref": "https://shop.example/Order"}, {"$ref": "#/gone"}],
    }
    parameters = [{"$ref": "#/components/schemas/A"}]
    found = one(tmp_path, {"parameters": parameters, "responses": answer(content)}, components={"schemas": schemas})
    said = " | ".join(found.operation.unread)
    assert said.count("which is not fetched") == 2
    assert "#/gone: there is nothing" in said
    assert "#/components/schemas/A: leads only to other references" in said
    assert "unread-reference" in {finding.rule for finding in found.findings}


def test_a_change_of_a_schema_far_away_is_another_digest(tmp_path: Path) -> None:
    def digest(kind: str) -> str:
        deep = {"Outer": {"properties": {"in": {"$ref": "#/components/schemas/Inner"}}}, "Inner": {"type": kind}}
        responses = answer({"$ref": "#/components/schemas/Outer"})
        return one(tmp_path, {"responses": responses}, components={"schemas": deep}).operation.digest

    assert digest("string") == digest("string") != digest("integer")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{not json", "is no JSON"),
        ("a: [1", "is no YAML"),
        (b"\x80\x81", "is no YAML"),
        ("just words", "neither an OpenAPI document nor a list of MCP tools"),
        ("[]", "neither an OpenAPI document nor a list of MCP tools"),
        ('{"openapi": "4.0.0", "paths": {}}', "2.0, 3.0 and 3.1 can be read"),
        ('{"openapi": "3.1.0", "paths": []}', None),
        ('{"openapi": "3.1.0", "paths": [1]}', "has no mapping under 'paths'"),
        ('{"openapi": "3.1.0", "paths": {"/a": 1}}', "has no operations under '/a'"),
        ('{"openapi": "3.1.0", "paths": {"/a": {"get": 1}}}', "has no mapping under 'get' of '/a'"),
        ("openapi: 3.1.0\npaths: &a\n  /x: *a\n", "refers to itself by an alias"),
        ("[" * 100_000, "nested"),
        ("a: " + "{b: " * 1_000 + "1" + "}" * 1_000, "nested more than"),
        (json.dumps([tool("twice"), tool("twice")]), "lists twice more than once"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(tmp_path: Path, text: str | bytes, words: str | None) -> None:
    path = written(tmp_path, text)
    if words is None:
        assert read(path) == []
        return
    with pytest.raises(BadInput) as caught:
        read(path)
    assert words in str(caught.value)
    assert "nothing was judged" in str(caught.value)


def test_a_small_text_of_many_aliases_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(BadInput, match="aliases are written out"):
        read(written(tmp_path, "\n".join(lines)))


def test_what_is_too_large_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BYTES_MAX", 1_000)
    path = written(tmp_path, gzip.compress(b" " * 10_000), "api.json.gz")
    with pytest.raises(BadInput, match="MB unpacked"):
        read(path)


@pytest.mark.parametrize("name", ["gone.yaml", "empty/"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadInput, match=r"does not exist|no JSON or YAML file is there"):
        read(tmp_path / name)


def test_one_bad_file_of_a_folder_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    written(tmp_path, json.dumps(document({"/people": GET})), "good.json")
    written(tmp_path, "{", "bad.json")
    found = read_interfaces([tmp_path])
    assert [each.name for each in found.operations] == ["GET /people"]
    assert [(Path(place).name, reason.split(" (")[0]) for place, reason in found.unread] == [("bad.json", "is no JSON")]


def test_levels_are_counted_before_anything_is_composed() -> None:
    with pytest.raises(content.NoContent, match="nested"):
        content.content_of(b"- " * 50_000 + b"x")


@pytest.mark.parametrize("deeper", [0, 1])
@pytest.mark.parametrize("written_as", ["json", "yaml", "aliases"])
def test_what_is_read_can_be_digested(tmp_path: Path, written_as: str, deeper: int) -> None:
    around = 4  # the document, paths, /a and get
    levels = content.NESTED_MAX - around + deeper
    begins = '{"openapi": "3.1.0", "paths": {"/a": {"get": {"x-deep": '
    lists = "[" * levels + "1" + "]" * levels
    text = begins + lists + "}}}}"
    if written_as == "yaml":
        text = f"openapi: 3.1.0\npaths: {{/a: {{get: {{x-deep: {lists}}}}}}}\n"
    if written_as == "aliases":
        chain = "".join(f"x{n}: &x{n} [*x{n - 1}]\n" for n in range(1, levels))
        text = f"x0: &x0 [1]\n{chain}openapi: 3.1.0\npaths: {{/a: {{get: {{x-deep: *x{levels - 1}}}}}}}\n"
    if deeper:
        with pytest.raises(BadInput, match="nested more than 200 levels deep"):
            read(written(tmp_path, text))
    else:
        assert [one.name for one in read(written(tmp_path, text))] == ["GET /a"]


def test_numbers_and_keys_that_only_yaml_has(tmp_path: Path) -> None:
    schema = "{type: integer, maximum: 36893488147419103232, default: 2026-01-02}"
    parameter = f"{{name: 7, in: query, schema: {schema}}}"
    text = f"openapi: 3.1.0\npaths: {{/a: {{get: {{parameters: [{parameter}], 2026-01-02: x}}}}}}\n"
    (found,) = read(written(tmp_path, text))
    (again,) = read(written(tmp_path, text.replace("36893488147419103232", "36893488147419103233")))
    assert [field.name for field in found.fields] == ["7"]
    assert found.digest != again.digest


JUNK: tuple[Any, ...] = (
    None,
    0,
    -1.5,
    True,
    "",
    "x",
    "#/components",
    [],
    [None],
    {},
    {"$ref": "#"},
    {"$ref": 7},
    [[{}]],
)


def test_whatever_stands_in_a_place_is_read_or_refused(tmp_path: Path) -> None:
    """Each value of a description is replaced by each of these, one at a time."""
    schema = {
        "type": "object",
        "properties": {"email": {"type": "string"}},
        "allOf": [{"$ref": "#/components/schemas/S"}],
    }
    operation = {
        "operationId": "makeOrder", "summary": "Make", "deprecated": False, "security": [{"key": []}],
        "x-audience": "a",
        "parameters": [{"name": "q", "in": "query", "schema": {"type": ["string"]}}], "servers": [{"url": "/v1"}],
        "requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": answer(schema),
    }  # fmt: skip
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "k"}}
    whole = document({"/orders": {"post": operation}}, components={"schemas": {"S": {}}, "securitySchemes": schemes})
    listed = [tool("get_order", "words", {"readOnlyHint": True}, title="T", outputSchema=schema)]
    told = 0
    for described in (whole, listed):
        for place in list(places(described)):
            for junk in JUNK:
                path = written(tmp_path, json.dumps(replaced(described, place, junk)))
                try:
                    audit(read(path), PACK)
                except BadInput as exc:
                    told += "nothing was judged" in str(exc)
    assert told > 0


def places(node: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in members:
        yield (*before, key)
        yield from places(value, (*before, key))


def replaced(node: Any, place: tuple[Any, ...], junk: Any) -> Any:
    if not place:
        return junk
    key, *rest = place
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[key] = replaced(node[key], tuple(rest), junk)
    return copy
