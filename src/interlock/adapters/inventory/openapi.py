"""Operations of an OpenAPI document, of version 2.0, 3.0 or 3.1."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from interlock.adapters.inventory.content import NoContent
from interlock.adapters.inventory.schemas import Reached, Schemas, bounded, fields_of
from interlock.terms.inventory import Auth, Field, Operation, Server

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
AUDIENCE = ("x-audience", "x-visibility", "x-exposure", "x-access")
HIDDEN = ("x-internal", "x-private")


def is_openapi(content: Any) -> bool:
    """Whether it says that it is one."""
    return isinstance(content, Mapping) and ("openapi" in content or "swagger" in content)


def operations_of(content: Mapping[str, Any], stem: str) -> Iterator[Operation]:
    """All operations, in the document's order; `stem` names a service that does not name itself.

    Raises NoContent where the document is of another version, or not built as one.
    """
    version = str(content.get("openapi", content.get("swagger")))
    if not version.startswith(("2.0", "3.0", "3.1")):
        raise NoContent(f"is of OpenAPI version {version}; 2.0, 3.0 and 3.1 can be read")
    paths = content.get("paths") or {}
    if not isinstance(paths, Mapping):
        raise NoContent("has no mapping under 'paths'")
    document = _Document(content, stem)
    for path, item in paths.items():
        yield from document.at_path(str(path), item)


class _Document:
    def __init__(self, content: Mapping[str, Any], stem: str) -> None:
        self._content = content
        self._schemas = Schemas(content)
        info = _mapping(content.get("info"))
        self._service = str(info.get("title") or stem)
        self._info = info
        self._servers = _servers(content)
        schemes = _mapping(_mapping(content.get("components")).get("securitySchemes"))
        self._schemes = schemes or _mapping(content.get("securityDefinitions"))

    def at_path(self, path: str, item: Any) -> Iterator[Operation]:
        unread: set[str] = set()
        item = self._schemas.resolved(item, unread)
        if not isinstance(item, Mapping):
            raise NoContent(f"has no operations under '{path}' ({'; '.join(sorted(unread)) or 'it is no mapping'})")
        for method in METHODS:
            if method not in item:
                continue
            if not isinstance(item[method], Mapping):
                raise NoContent(f"has no mapping under '{method}' of '{path}'")
            yield self._operation(path, method, item, item[method], set(unread))

    def _operation(
        self, path: str, method: str, item: Mapping[str, Any], node: Mapping[str, Any], unread: set[str]
    ) -> Operation:
        fields, refers_to = self._fields(item, node, unread)
        auth, keys = self._auth(node)
        return Operation(
            service=self._service,
            called=str(node.get("operationId") or ""),
            method=method.upper(),
            path=path,
            words=str(node.get("summary") or ""),
            description=str(node.get("description") or ""),
            digest=self._schemas.digest(
                [item.get("parameters"), node, auth, [one.url for one in self._servers]], refers_to
            ),
            fields=fields,
            auth=auth,
            query_keys=keys,
            servers=_servers(node) or _servers(item) or self._servers,
            audience=_audience(node) or _audience(item) or _audience(self._info),
            deprecated=node.get("deprecated") is True,
            unread=tuple(sorted(unread)),
        )

    def _fields(
        self, item: Mapping[str, Any], node: Mapping[str, Any], unread: set[str]
    ) -> tuple[tuple[Field, ...], set[str]]:
        fields: list[Field] = []
        sent, answered = Reached(), Reached()
        for given in (*_list(item.get("parameters")), *_list(node.get("parameters"))):
            _refer(given, sent)
            parameter = _mapping(self._schemas.resolved(given, unread))
            schema = parameter.get("schema", parameter)
            place = str(parameter.get("in", "query"))
            if place == "body":
                self._schemas.reached(schema, sent)
                continue
            known = self._schemas.resolved(schema, unread)
            fields.append(Field(str(parameter.get("name", "")), place.replace("formData", "body"), bounded(known)))
        _refer(node.get("requestBody"), sent)
        for schema in self._bodies(node.get("requestBody"), unread):
            self._schemas.reached(schema, sent)
        for status, answer in _mapping(node.get("responses")).items():
            if str(status).startswith(("2", "default")):
                _refer(answer, answered)
                for schema in self._bodies(answer, unread):
                    self._schemas.reached(schema, answered)
        unread |= sent.unread | answered.unread
        fields += fields_of(sent, "body") + fields_of(answered, "answer")
        return tuple(dict.fromkeys(fields)), sent.refers_to | answered.refers_to

    def _bodies(self, given: Any, unread: set[str]) -> Iterable[Any]:
        body = _mapping(self._schemas.resolved(given, unread))
        if "schema" in body:  # an answer in version 2.0
            yield body["schema"]
        for kind in _mapping(body.get("content")).values():
            yield _mapping(kind).get("schema")

    def _auth(self, node: Mapping[str, Any]) -> tuple[Auth, tuple[str, ...]]:
        asked = node["security"] if "security" in node else self._content.get("security")
        if asked is None:
            return Auth.UNSAID, ()
        ways = [_mapping(one) for one in _list(asked)]
        if not ways:
            return Auth.NONE, ()
        keys = [self._key_in_query(name) for way in ways for name in way]
        found = tuple(sorted({one for one in keys if one}))
        return (Auth.REQUIRED if all(ways) else Auth.OPTIONAL), found

    def _key_in_query(self, scheme: str) -> str:
        said = _mapping(self._schemas.resolved(self._schemes.get(scheme), set()))
        return str(said.get("name", "")) if said.get("type") == "apiKey" and said.get("in") == "query" else ""


def _refer(node: Any, into: Reached) -> None:
    """A parameter, body or answer that is itself a reference counts for the digest."""
    if isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        into.refers_to.add(node["$ref"])


def _servers(node: Mapping[str, Any]) -> tuple[Server, ...]:
    host = node.get("host")
    if isinstance(host, str):  # version 2.0
        schemes = [str(one) for one in _list(node.get("schemes"))] or ["https"]
        return tuple(_server(f"{scheme}://{host}{node.get('basePath') or ''}") for scheme in schemes)
    return tuple(_server(str(_mapping(one).get("url", ""))) for one in _list(node.get("servers")))


def _server(url: str) -> Server:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:  # what stands there is no address, such as a placeholder in brackets
        host = ""
    return Server(url, host, encrypted=not url.lower().startswith(("http://", "ws://")))


def _audience(node: Mapping[str, Any]) -> str:
    if any(node.get(name) is True for name in HIDDEN):
        return "internal"
    return next((str(node[name]) for name in AUDIENCE if isinstance(node.get(name), str)), "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
