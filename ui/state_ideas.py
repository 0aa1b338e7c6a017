"""What the pages about ideas remember: in the address what can be shared, the rest for the tab."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import streamlit as st

from core.domain.ideas.card import DraftFields, SavedDraft
from core.domain.ideas.filters import IdeaFilter, filter_of

_MOVE = "chosen_move"
_FORMS = "idea_forms"
_OPENED = "opened_idea_forms"
_TRIED = "tried_forms"
_EDITING = "edited_idea"
_BACK = "way_back_from_idea"
_REPLY = "replied_comment"
_CHANGED = "changed_comment"
NEW = "new"
"""What the address says of a draft that was not saved yet."""
FILTER = ("q", "campaign", "unit", "category", "state", "owner", "by", "tag", "risk")
"""The parts of the address that are a filter."""


def address(name: str) -> str:
    """Return a value of the address, "" if it is not there."""
    return st.query_params.get(name, "")


def put_address(name: str, value: str) -> None:
    """Write a value into the address; "" takes it out."""
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def show_address(
    name: str, key: str, known: Sequence[str] | None = None, otherwise: str = ""
) -> None:
    """Make the element with this key show what the address says.

    A value that is not among the `known` ones counts as none, which shows `otherwise`.
    """
    value = address(name)
    _show(key, value if value and (known is None or value in known) else otherwise)


def take_address(name: str, key: str) -> None:
    """Write what the element with this key shows into the address."""
    put_address(name, st.session_state.get(key) or "")


def show_addresses(name: str, key: str, known: Sequence[str]) -> None:
    """Make an element of several values show those that the address lists."""
    _show(key, [value for value in address(name).split(",") if value in known])


def take_addresses(name: str, key: str) -> None:
    """Write the values that the element shows into the address, as a list."""
    put_address(name, ",".join(st.session_state.get(key) or ()))


def filter_in_address() -> IdeaFilter:
    """Return the filter that the address carries."""
    return filter_of(st.query_params.to_dict())


def clear_filter() -> None:
    """Take the filter out of the address."""
    for name in FILTER:
        put_address(name, "")


@dataclass(frozen=True, slots=True)
class WayBack:
    """The view that a card was opened from: its page, its title and its address."""

    page: str
    title: str
    query: dict[str, str]


def remember_way_back(page: str, title: str) -> None:
    """Remember this view as the one that the next card leads back to."""
    st.session_state[_BACK] = WayBack(page, title, st.query_params.to_dict())


def forget_way_back() -> None:
    """Let the next card lead back to the list of ideas."""
    st.session_state.pop(_BACK, None)


def way_back() -> WayBack | None:
    """Return the view that the card was opened from, None for the list of ideas."""
    return cast("WayBack | None", st.session_state.get(_BACK))


def theme() -> str:
    """Return whether the page is light or dark."""
    return str(st.context.theme.type or "light")


def page_number(key: str) -> int:
    """Return the page that the pagination with this key shows."""
    return cast("int", st.session_state.get(key) or 1)


def show(key: str) -> None:
    """Show all of a list that is cut short."""
    st.session_state[f"shown-{key}"] = True


def is_shown(key: str) -> bool:
    """Tell whether all of the list is shown."""
    return bool(st.session_state.get(f"shown-{key}"))


def keep(key: str, form: object) -> None:
    """Remember what was saved of a form last."""
    st.session_state[f"kept-{key}"] = form


def kept(key: str) -> object:
    """Return what was saved of a form last, None if nothing was."""
    return st.session_state.get(f"kept-{key}")


def fill_empty(keys: Sequence[str], value: object) -> None:
    """Give each of these elements this value that has none yet."""
    for key in keys:
        if st.session_state.get(key) is None:
            st.session_state[key] = value


def uploads(of: str) -> int:
    """Count the uploads to an idea; the number names the current uploader."""
    return cast("int", st.session_state.get(f"idea-uploads-{of}", 0))


def end_upload(of: str, refused: Sequence[str]) -> None:
    """Begin with an empty uploader at the next run, which says what was refused."""
    st.session_state[f"idea-uploads-{of}"] = uploads(of) + 1
    st.session_state[f"idea-refusals-{of}"] = tuple(refused)


def refused_files(of: str) -> tuple[str, ...]:
    """Return why files of the last upload were refused."""
    return cast("tuple[str, ...]", st.session_state.get(f"idea-refusals-{of}", ()))


def append(key: str, text: str) -> None:
    """Add a text to what the element with this key holds."""
    before = st.session_state.get(key) or ""
    gap = " " if before and not before[-1].isspace() else ""
    st.session_state[key] = f"{before}{gap}{text}"


def reply_to(comment_id: str) -> None:
    """Open the field for a reply to this comment, "" for none."""
    st.session_state[_REPLY] = comment_id


def is_replying(comment_id: str) -> bool:
    """Tell whether the field for a reply to this comment is open."""
    return st.session_state.get(_REPLY) == comment_id


def change_comment(comment_id: str) -> None:
    """Open a comment to be changed, "" for none."""
    st.session_state[_CHANGED] = comment_id


def is_changing(comment_id: str) -> bool:
    """Tell whether this comment is being changed."""
    return st.session_state.get(_CHANGED) == comment_id


def choose_move(to: str, version: int) -> None:
    """Open what a move of the open idea takes, "" for none; `version` is that on the page."""
    st.session_state[_MOVE] = (address("idea"), to, version)


def chosen_move() -> str:
    """Return the state that the person wants to move the open idea to."""
    idea, to, _ = st.session_state.get(_MOVE, ("", "", 0))
    return cast("str", to) if idea == address("idea") else ""


def version_of_move() -> int:
    """Return the version of the idea in which the person decided to move it."""
    return cast("int", st.session_state[_MOVE][2])


@dataclass(frozen=True, slots=True)
class OpenForm:
    """The form of a new idea in this tab: `key` names its fields, the rest is what was saved."""

    key: str
    draft_id: str = ""
    version: int | None = None
    saved: DraftFields = field(default_factory=DraftFields)
    saved_at: datetime | None = None


def open_draft(draft_id: str) -> None:
    """Open the form of a draft, or of a new one."""
    put_address("idea", "")
    put_address("draft", draft_id)


def close_draft() -> None:
    """Put the form aside; what was saved stays."""
    put_address("draft", "")


def open_form(draft: SavedDraft | None) -> OpenForm:
    """Return the form of this draft; its fields keep their names when it is first saved."""
    forms = _forms()
    name = draft.id if draft is not None else NEW
    if name not in forms:
        st.session_state[_OPENED] = number = st.session_state.get(_OPENED, 0) + 1
        forms[name] = OpenForm(f"draft-{number}")
        if draft is not None:
            return keep_saved(forms[name], draft)
    return forms[name]


def form_of(key: str) -> OpenForm:
    """Return the form whose fields have this key, as it was last saved."""
    return next(form for form in _forms().values() if form.key == key)


def keep_saved(form: OpenForm, draft: SavedDraft) -> OpenForm:
    """Remember what was saved of a form; the address leads to it from now on."""
    forms = _forms()
    if forms.get(NEW) == form:
        del forms[NEW]
        put_address("draft", draft.id)
    forms[draft.id] = OpenForm(form.key, draft.id, draft.version, draft.fields, draft.saved_at)
    return forms[draft.id]


def end_form(form: OpenForm) -> None:
    """Forget a form whose draft was submitted or discarded; the next one starts empty."""
    _forms().pop(form.draft_id or NEW, None)
    close_draft()


@dataclass(frozen=True, slots=True)
class Editing:
    """A card that is being changed: what it said when that began, and in which version."""

    key: str
    idea_id: str
    version: int
    start: DraftFields


def start_editing(idea_id: str, version: int, start: DraftFields) -> None:
    """Open the form of a card, or go on in it from what the card says now."""
    known = editing(idea_id)
    if known is None:
        st.session_state[_OPENED] = st.session_state.get(_OPENED, 0) + 1
    key = known.key if known is not None else f"edit-{st.session_state[_OPENED]}"
    st.session_state[_EDITING] = Editing(key, idea_id, version, start)


def editing(idea_id: str) -> Editing | None:
    """Return the change of this card that is under way."""
    known = cast("Editing | None", st.session_state.get(_EDITING))
    return known if known is not None and known.idea_id == idea_id else None


def stop_editing() -> None:
    """Leave the form of the card."""
    st.session_state.pop(_EDITING, None)


def put(key: str, value: object) -> None:
    """Make the element with this key show this value."""
    st.session_state[key] = value


def mark_tried(key: str) -> None:
    """Make a form say what is missing from now on."""
    st.session_state[_TRIED] = {*st.session_state.get(_TRIED, ()), key}


def is_tried(key: str) -> bool:
    """Tell whether this form was sent once."""
    return key in st.session_state.get(_TRIED, ())


def _forms() -> dict[str, OpenForm]:
    return cast("dict[str, OpenForm]", st.session_state.setdefault(_FORMS, {}))


def _show(key: str, value: object) -> None:
    # Setting a value again would disturb whoever types into the element.
    if st.session_state.get(key) != value:
        st.session_state[key] = value
