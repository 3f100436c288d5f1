"""People act by name; who may do what is in the workflow's definition."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A named person. `authenticated` is False where the name was only asserted (the embedded command line)."""

    name: str
    authenticated: bool = False
