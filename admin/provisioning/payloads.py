"""Reads what an identity provider sends, also in the forms that Entra ID and Okta give it."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from scim2_models import (
    Context,
    InvalidFilterException,
    InvalidPathException,
    InvalidSyntaxException,
    InvalidValueException,
    PatchOp,
    Resource,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)

from admin.provisioning.models import MAX_TEXT, MOST_MEMBERS, ScimPerson

R = TypeVar("R", bound=Resource[Any])  # Any: resources without extensions
Payload = Mapping[str, Any]  # Any: JSON

MOST_VALUES = MOST_MEMBERS + 50
"""Members, the operations around them, and a few values of a person."""
MAX_EXPRESSION = 4_096
"""The longest filter or path; a reader of expressions is no place for a novel."""

SINGLE = frozenset({"active", "displayname", "username", "externalid"})
"""Attributes with one value, which Entra ID may send as a list of one object."""


def resource_of(model: type[R], payload: object, context: Context) -> R:
    """Return the resource that a POST or PUT carries; raise SCIMException."""
    _require_plain(payload)
    _require_few(payload)
    is_person = issubclass(model, ScimPerson)
    told = _with_active(payload) if is_person and isinstance(payload, Mapping) else payload
    return model.model_validate(told, scim_ctx=context)


def says_active(payload: object) -> bool:
    """Return whether a person is sent with `active`."""
    return isinstance(payload, Mapping) and "active" in {str(key).lower() for key in payload}


def _with_active(payload: Payload) -> Payload:
    return payload if says_active(payload) else {**payload, "active": True}


def patch_of(model: type[R], payload: object) -> PatchOp[R]:
    """Return the operations of a PATCH; raise SCIMException or ValidationError."""
    _require_plain(payload)
    _require_few(payload)
    tidied = _tidied(payload)
    if any(len(text) > MAX_EXPRESSION for text in _paths(tidied)):
        raise InvalidPathException(detail=f"A path is longer than {MAX_EXPRESSION} characters.")
    wanted: PatchOp[R] = PatchOp.__class_getitem__(model).model_validate(
        tidied, scim_ctx=Context.RESOURCE_PATCH_REQUEST
    )
    return wanted


def apply_patch(patch: PatchOp[R], resource: R) -> None:
    """Change a resource; raise SCIMException, with one line for each error of a value."""
    try:
        patch.patch(resource)
    except SCIMException as error:
        if isinstance(error.__cause__, ValidationError):
            first = error.__cause__.errors()[0]
            raise InvalidValueException(detail=str(first["msg"])) from error
        raise


def search_of(model: type[R], parameters: object) -> SearchRequest[R]:
    """Return what a list is asked for; raise SCIMException or ValidationError."""
    _require_plain(parameters)
    given = parameters.get("filter") if isinstance(parameters, Mapping) else None
    if isinstance(given, str) and len(given) > MAX_EXPRESSION:
        raise InvalidFilterException(detail=f"A filter is longer than {MAX_EXPRESSION} characters.")
    bound: Any = SearchRequest.__class_getitem__(model)  # Any: what mypy cannot subscript
    request: SearchRequest[R] = bound.model_validate(parameters, scim_ctx=Context.SEARCH_REQUEST)
    return request


def shown_of(model: type[R], parameters: object) -> ResponseParameters[R]:
    """Return which attributes are asked for; raise SCIMException or ValidationError."""
    _require_plain(parameters)
    bound: Any = ResponseParameters.__class_getitem__(model)  # Any: what mypy cannot subscript
    shown: ResponseParameters[R] = bound.model_validate(parameters)
    return shown


def _tidied(payload: object) -> object:
    """Return the payload as the standard writes it."""
    if not isinstance(payload, Mapping):
        return payload
    key = next((key for key in payload if str(key).lower() == "operations"), "")
    operations = payload.get(key)
    if not isinstance(operations, list):
        return payload
    rest = {name: value for name, value in payload.items() if name != key}
    return {**rest, "Operations": [_tidied_operation(one) for one in operations]}


def _tidied_operation(operation: object) -> object:
    if not isinstance(operation, Mapping):
        return operation
    named = {str(key).lower(): value for key, value in operation.items()}
    path, value = named.get("path"), named.get("value")
    if isinstance(path, str) and path.lower() in SINGLE and isinstance(value, list):
        # [{"value": "False"}], as Entra ID sent it for years
        inner = [one["value"] for one in value if isinstance(one, Mapping) and "value" in one]
        if len(inner) == len(value) == 1:
            named["value"] = inner[0]
    elif str(named.get("op")).lower() == "remove":
        if isinstance(value, list):
            named["value"] = [_without_nulls(one) for one in value]
        elif value in ("", None):
            named.pop("value", None)
    if not path:
        named.pop("path", None)
    return named


def _without_nulls(entry: object) -> object:
    """Return an entry that is to be removed without `$ref: null`, which none of them has."""
    if not isinstance(entry, Mapping):
        return entry
    return {key: value for key, value in entry.items() if value is not None}


def _require_plain(payload: object) -> None:
    """Raise InvalidSyntaxException for characters that no database keeps."""
    for text in _texts(payload):
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise InvalidSyntaxException(detail="A text holds characters that are not allowed.")


def require_bounds(resource: Resource[Any]) -> None:
    """Raise InvalidValueException for attributes that are longer than what is stored."""
    if any(len(text) > MAX_TEXT for text in _texts(resource.model_dump(exclude={"members"}))):
        raise InvalidValueException(detail=f"A value is longer than {MAX_TEXT} characters.")


def _require_few(payload: object) -> None:
    """Raise InvalidValueException for more members, or other values, than one request may have."""
    if sum(isinstance(one, Mapping) and "value" in one for one in _walk(payload)) > MOST_VALUES:
        raise InvalidValueException(
            detail=f"At most {MOST_MEMBERS} members can be sent in one request. Send the rest in "
            "further PATCH requests."
        )


def _paths(payload: object) -> Iterator[str]:
    operations = payload.get("Operations") if isinstance(payload, Mapping) else None
    for one in operations if isinstance(operations, list) else ():
        if isinstance(one, Mapping) and isinstance(path := one.get("path"), str):
            yield path


def _texts(payload: object) -> Iterator[str]:
    for one in _walk(payload):
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            yield from (key for key in one if isinstance(key, str))


def _walk(payload: object) -> Iterator[object]:
    """Yield every value in a payload, without recursion: it may be nested deeply."""
    waiting = [payload]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
