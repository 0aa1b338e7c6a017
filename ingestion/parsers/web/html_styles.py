"""The parts of a web page that its styles keep out of sight, as far as the page itself tells."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

Declarations = dict[str, str]

MAX_SHEET = 500_000
MAX_RULES, MAX_LIST = 300, 10
MAX_SELECTOR, MAX_STYLE = 200, 4_000
# Parts of a selector: from three on, deep nesting makes matching take minutes.
MAX_PARTS = 2
PARTS = re.compile(r"[\s>]+")
# The white parts that are examined, each with what is around and inside it.
MAX_WHITE = 200
# Of 255, each of red, green and blue: from here on as good as white.
LIGHT = 240
PAGE = ("html", "body")
# In pixels beside the screen; a menu that slides in is nearer.
FAR = 500
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
NUMBER = re.compile(r"-?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})")
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
RGB = re.compile(r"rgba?\(\s*(\d{1,3})[ ,]+(\d{1,3})[ ,]+(\d{1,3})")
NO_GROUND = ("", "none", "transparent", "inherit", "initial", "unset", "white", "0", "0 0")
# Combinators and states of a selector, which depend on the moment or are slow to match.
MOMENTARY = re.compile(r"[:~+*\[\\]")


class Rule(NamedTuple):
    """A selector and the declarations for what it matches."""

    selector: str
    declarations: Declarations


@dataclass(frozen=True, slots=True)
class OutOfSight:
    """Parts that do not belong to what a page says.

    `unseen` parts are not shown because of their style, and `struck` parts have a line through
    them, so that they no longer hold.
    """

    unseen: tuple[LexborNode, ...] = ()
    struck: tuple[LexborNode, ...] = ()


def out_of_sight(tree: LexborHTMLParser) -> OutOfSight:
    """Return the parts of a page that its styles hide or strike out."""
    styles, nodes = _styles(tree)
    struck = tuple(nodes[n] for n, own in styles.items() if _is_struck(own) and _is_part(nodes[n]))
    return OutOfSight(tuple(_unseen(tree, styles, nodes)), struck)


def _unseen(
    tree: LexborHTMLParser, styles: dict[int, Declarations], nodes: dict[int, LexborNode]
) -> list[LexborNode]:
    """Return the outermost parts that a browser does not show because of their style.

    Parts that scripts or other files may show after all are not hidden: undisplayed parts of a page
    with scripts, and white words of a page with a linked style sheet.
    """
    has_scripts = _has_scripts(tree)
    names = [name for name, node in nodes.items() if _is_part(node)]
    hidden = [name for name in names if _is_hidden(styles[name], has_scripts=has_scripts)]
    again = {name for name in hidden[:MAX_WHITE] if _shows_again(nodes[name], styles)}
    unseen = set(hidden) - again
    if tree.css_first("link[rel~=stylesheet i]") is None:
        white = [name for name in names if _is_light(styles[name].get("color", ""))]
        unseen |= {name for name in white[:MAX_WHITE] if _is_bare(nodes[name], styles)}
    marked = [nodes[name] for name in names if name in unseen]
    return [node for node in marked if not any(a.mem_id in unseen for a in _above(node))]


def _styles(tree: LexborHTMLParser) -> tuple[dict[int, Declarations], dict[int, LexborNode]]:
    """Return the styles of each node, its own last, and the nodes, both by `mem_id`."""
    styles: dict[int, Declarations] = {}
    nodes: dict[int, LexborNode] = {}
    for rule in _rules(tree):
        for node in _matches(tree, rule.selector):
            styles.setdefault(node.mem_id, {}).update(rule.declarations)
            nodes[node.mem_id] = node
    for node in tree.css("[style], [bgcolor], [background]"):
        own = styles.setdefault(node.mem_id, {})
        nodes[node.mem_id] = node
        for name in ("bgcolor", "background"):
            if value := node.attributes.get(name):
                own["background"] = value.lower() if name == "bgcolor" else f"url({value})"
        own.update(_declarations((node.attributes.get("style") or "")[:MAX_STYLE]))
    return styles, nodes


def _matches(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except SelectolaxError:
        return []  # A browser leaves out a rule that it does not understand, too.


def _rules(tree: LexborHTMLParser) -> Iterator[Rule]:
    """Yield the rules that hold for every screen at all times, one for each selector."""
    sheet = "\n".join(n.text() for n in tree.css("style") if not n.attributes.get("media"))
    for selectors, body in islice(_blocks(COMMENT.sub("", sheet[:MAX_SHEET])), MAX_RULES):
        declarations = _declarations(body[:MAX_STYLE])
        for selector in selectors[:MAX_SELECTOR].split(",")[:MAX_LIST]:
            is_short = 0 < len(PARTS.split(selector.strip())) <= MAX_PARTS
            if selector.strip() and is_short and not MOMENTARY.search(selector):
                yield Rule(selector.strip(), declarations)


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield (selectors, declarations) of the rules outside `@media` and the like."""
    depth, before, selectors = 0, "", ""
    for part in re.split(r"([{}])", sheet):
        if part == "{":
            depth += 1
            selectors = before if depth == 1 else ""
        elif part == "}":
            if depth == 1 and selectors.strip() and "@" not in selectors:
                yield selectors, before
            depth = max(depth - 1, 0)
            before = ""
        else:
            before = part.rpartition(";")[2] if depth == 0 else part


def _declarations(text: str) -> Declarations:
    parts = (part.partition(":") for part in text.lower().split(";"))
    declarations = {
        name.strip(): value.replace("!important", "").strip() for name, _, value in parts
    }
    if "background-color" in declarations or "background-image" in declarations:
        grounds = (declarations.get(f"background-{kind}", "") for kind in ("color", "image"))
        declarations["background"] = next((g for g in grounds if _is_ground(g)), "none")
    return declarations


def _is_part(node: LexborNode) -> bool:
    return node.tag not in PAGE


def _is_struck(own: Declarations) -> bool:
    lines = (own.get("text-decoration", ""), own.get("text-decoration-line", ""))
    return any("line-through" in value for value in lines)


def _is_hidden(own: Declarations, *, has_scripts: bool) -> bool:
    if any(name.startswith(("animation", "transition")) for name in own):
        return False
    is_off = own.get("display") == "none" or own.get("visibility") == "hidden"
    is_off = is_off or _number(own.get("opacity", "")) == 0
    if is_off and not has_scripts:
        return True
    if _number(own.get("font-size", "")) == 0:
        return True
    return own.get("position") in ("absolute", "fixed") and _is_far(own)


def _shows_again(node: LexborNode, styles: dict[int, Declarations]) -> bool:
    """Tells whether a part inside undoes what hides this one, which two ways allow."""
    own = styles[node.mem_id]
    if own.get("display") == "none" or _number(own.get("opacity", "")) == 0 or _is_far(own):
        return False
    inside = (styles.get(child.mem_id, {}) for child in node.css("*") if child != node)
    if own.get("visibility") == "hidden":
        return any(style.get("visibility") == "visible" for style in inside)
    return any(
        "font" in style or (_number(style.get("font-size", "")) or 0) > 0 for style in inside
    )


def _is_far(own: Declarations) -> bool:
    offsets = (own.get(side, "") for side in ("left", "top", "right", "bottom"))
    return any(
        (number := _number(offset)) is not None
        and number * (16 if offset.endswith("em") else 1) <= -FAR
        and not offset.endswith("%")
        for offset in offsets
    )


def _number(value: str) -> float | None:
    """Return the number at the start of a value, None if there is none."""
    match = NUMBER.match(value)
    return float(match.group()) if match else None


def _is_bare(node: LexborNode, styles: dict[int, Declarations]) -> bool:
    """Tells whether nothing behind or inside the node has a colour of its own."""
    inside = (child for child in node.css("*") if child.mem_id != node.mem_id)
    if any(styles.get(child.mem_id, {}).keys() & {"color", "background"} for child in inside):
        return False
    behind = (styles.get(n.mem_id, {}).get("background", "") for n in (node, *_above(node)))
    return not any(_is_ground(value) for value in behind)


def _is_ground(value: str) -> bool:
    return value not in NO_GROUND and not _is_light(value)


def _is_light(colour: str) -> bool:
    if match := HEX.fullmatch(colour):
        digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
        return min(bytes.fromhex(digits)) >= LIGHT
    if parts := RGB.match(colour):
        return min(map(int, parts.groups())) >= LIGHT
    return colour == "white"


def _has_scripts(tree: LexborHTMLParser) -> bool:
    return any("json" not in (s.attributes.get("type") or "") for s in tree.css("script"))


def _above(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
