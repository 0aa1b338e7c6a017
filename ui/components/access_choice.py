"""Asks who can read a collection."""

from collections.abc import Collection as Several
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import streamlit as st

from core.domain.identity import Group
from core.domain.knowledge import Collection


class Readers(StrEnum):
    """The kinds of access to a collection."""

    NOBODY = "No one yet"
    EVERYBODY = "Everyone"
    GROUPS = "Selected groups"


ALL_READERS: Sequence[Readers] = tuple(Readers)


@dataclass(frozen=True, slots=True)
class Access:
    """Who can read a collection; `groups` are names."""

    is_open: bool = False
    groups: tuple[str, ...] = ()

    @property
    def readers(self) -> Readers:
        if self.is_open:
            return Readers.EVERYBODY
        return Readers.GROUPS if self.groups else Readers.NOBODY

    @property
    def text(self) -> str:
        return ", ".join(self.groups) if self.readers is Readers.GROUPS else self.readers.value


def access_of(collection: Collection, groups: Sequence[Group]) -> Access:
    """Return the collection's current access."""
    return Access(collection.is_open, tuple(group_names(collection.group_ids, groups)))


def group_names(ids: Several[str], groups: Sequence[Group]) -> list[str]:
    """Return the names of these groups, in the order of `groups`."""
    return [group.name for group in groups if group.id in ids]


def draw_access_choice(key: str, groups: Sequence[Group], now: Access | None = None) -> Access:
    """Ask who can read the collection, starting from the current access."""
    now = now or Access()
    readers = st.radio(
        "Who can read it",
        ALL_READERS,
        index=ALL_READERS.index(now.readers),
        horizontal=True,
        key=f"{key}-readers",
    )
    match readers:
        case Readers.NOBODY:
            return Access()
        case Readers.EVERYBODY:
            return Access(is_open=True)
        case Readers.GROUPS:
            return Access(groups=draw_groups(f"{key}-groups", groups, now.groups))
        case _:
            assert_never(readers)


def draw_groups(key: str, groups: Sequence[Group], chosen: Sequence[str] = ()) -> tuple[str, ...]:
    """Ask for groups; a new name makes a new group."""
    return tuple(
        st.multiselect(
            "Groups",
            [group.name for group in groups],
            default=list(chosen),
            accept_new_options=True,
            placeholder="Choose groups or type a new name",
            key=key,
        )
    )
