"""What a body holds beside text: pictures, sound, files, sealed data, and pointers to what only an upstream has."""

import re
from typing import Any

_MEDIA_OF_TYPE = {
    "image_url": "image",
    "input_image": "image",
    "image": "image",
    "computer_screenshot": "image",
    "input_audio": "audio",
    "file": "file",
    "input_file": "file",
    "document": "file",
}
# Where a part of a kind that nobody here knows has its content, if it is no text: other servers of these formats know
# more kinds (`video_url`), and take some parts without a kind.
_POINTERS = {"image_url": "image", "input_audio": "audio", "video_url": "file", "audio_url": "file", "file_url": "file"}
_SOURCES = ("url", "base64", "file")
_POINTING = frozenset(("source", *_POINTERS))
# Without one of these fields there is nothing to see in an object.
TELLING = frozenset(("type", "file_id", "url", "file_data", "data", "source", *_POINTERS))
READ = TELLING | {"media_type", "format", "ttl", "encrypted_content", "signature"}
# Reasoning that only its maker can read, or that it checks the signature of.
_SEALED_IN = {"thinking": "signature", "redacted_thinking": "data", "reasoning": "encrypted_content"}
_SEALED_IN |= {"compaction": "encrypted_content", "compaction_summary": "encrypted_content"}
_SHORT = "5m"  # how long a vendor's cache keeps what is written at the price on record; longer is dearer
_DATA_URL = re.compile(r"data:[\w.+/-]*;base64,", re.ASCII)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"


class Sightings:
    """`media` counts pictures, sound and files, `image_bytes` is what the pictures take up in the body.

    `unreadable` names what nobody can look into, `held_upstream` what stands only at an upstream, `without_price` what
    costs more than prices on record say, `unclear` names that some readers take for others.
    """

    __slots__ = ("held_upstream", "image_bytes", "media", "unclear", "unreadable", "without_price")

    def __init__(self) -> None:
        self.media: dict[str, int] = {}
        self.image_bytes = 0
        self.unreadable: set[str] = set()
        self.held_upstream: set[str] = set()
        self.without_price: set[str] = set()
        self.unclear: set[str] = set()

    def in_object(self, node: dict[str, Any]) -> str | None:
        """Look at one object of the format; the name of its field that is data and no text, if it has one."""
        if type(node.get("file_id")) is str:
            self.held_upstream.add("file_id")
        kind = node.get("type")
        kind = kind if type(kind) is str else ""
        if kind in _MEDIA_OF_TYPE:
            self._media(kind, node)
        elif not _POINTING.isdisjoint(node):
            self._unknown(node)
        if kind in ("item_reference", "container_upload"):
            self.held_upstream.add(kind)
        if kind == "ephemeral" and node.get("ttl", _SHORT) != _SHORT:
            self.without_price.add("ttl")
        sealed = _SEALED_IN.get(kind)
        if sealed is not None and is_base64(node.get(sealed)):
            self.unreadable.add(kind)
            return sealed
        return self.data_in(node)

    def _unknown(self, node: dict[str, Any]) -> None:
        """A part of no known kind that has its content elsewhere, or as data."""
        source = node.get("source")
        found = {medium for name, medium in _POINTERS.items() if isinstance(node.get(name), str | dict)}
        if type(source) is dict and source.get("type") in _SOURCES:
            found.add("file")
        for medium in found:
            self.media[medium] = self.media.get(medium, 0) + 1

    def _media(self, kind: str, node: dict[str, Any]) -> None:
        source = node.get("source") or node.get(kind) or node.get("image_url")
        if type(source) is dict and source.get("type") in ("text", "content"):
            return  # a document of plain text
        medium = _MEDIA_OF_TYPE[kind]
        self.media[medium] = self.media.get(medium, 0) + 1
        if medium == "image":
            data = (source.get("data") or source.get("url")) if type(source) is dict else source
            if type(data) is str and (is_base64(data) or _is_data_url(data)):
                self.image_bytes += len(data)

    def data_in(self, node: dict[str, Any]) -> str | None:
        """The name of a field that is data and no text, if an object has one."""
        for name in ("url", "image_url", "file_data"):
            if _is_data_url(node.get(name)):
                self.unreadable.add(name)
                return name
        if ("media_type" in node or "format" in node) and is_base64(node.get("data")):
            self.unreadable.add("data")
            return "data"
        return None


def _is_data_url(value: Any) -> bool:
    if type(value) is not str or not value.startswith("data:"):
        return False
    begin = _DATA_URL.match(value)
    return begin is not None and is_base64(value[begin.end() :])


def is_base64(value: Any) -> bool:
    """Whether it is data. What only claims to be data is a text."""
    return type(value) is str and not value.encode().translate(None, _BASE64)
