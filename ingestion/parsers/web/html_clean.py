"""The surroundings of a web page's text: menus, banners, scripts, hidden parts."""

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

NEVER_TEXT = (
    "head, script, style, noscript, template, svg, iframe, object, select, button, canvas, "
    "datalist, audio, video, annotation, annotation-xml"
)
HIDDEN = (
    '[hidden], [popover], [style*="display:none" i], [style*="display: none" i], dialog:not([open])'
)
# Words that an author took back are not shown beside those that replaced them.
STRUCK = "del, s, strike"
NAVIGATION = (
    'nav, aside, [role="navigation"], [role="search"], [role="dialog"], [role="alertdialog"], '
    '[role="contentinfo"]'
)
# Names that consent tools and page builders give to their banners and menus.
BANNERS = ", ".join(
    f'[id*="{name}" i], [class*="{name}" i]'
    for name in ("cookie-", "cookie_", "cookieban", "cookiebar", "gdpr-", "onetrust")
)
MENUS = ", ".join(
    f'[id="{name}" i], [class~="{name}" i]'
    for name in ("breadcrumb", "breadcrumbs", "sidebar", "navbar", "skip-link")
)
# A part that holds more of the page than this is its text, whatever its name says.
MAX_SHARE = 0.4
MIN_LETTERS = 16
MAX_HIDDEN, MAX_HIDDEN_LENGTH = 100, 2_000

Skipped = dict[int, str]
"""The text to show instead of a node, usually empty, by the node's `mem_id`."""


def boilerplate(tree: LexborHTMLParser) -> Skipped:
    """Return the nodes that are not text of the page; the tree stays unchanged."""
    skipped: Skipped = dict.fromkeys(
        (n.mem_id for n in tree.css(f"{NEVER_TEXT}, {HIDDEN}, {STRUCK}")), ""
    )
    body = tree.body
    if body is None:
        return skipped
    most = len(body.text(deep=True)) * MAX_SHARE
    for node in body.css(f"{NAVIGATION}, {BANNERS}, {MENUS}"):
        if node.tag not in ("body", "main") and len(node.text(deep=True)) <= most:
            skipped[node.mem_id] = ""
    for node in body.css("header, footer"):
        if not _belongs_to_text(node):
            skipped[node.mem_id] = _heading(node)
    for link in body.css('a[href^="#"]'):
        if link.text(strip=True).lower().startswith("skip to"):
            skipped[link.mem_id] = ""
    return skipped


def hidden_texts(tree: LexborHTMLParser, unseen: Sequence[LexborNode]) -> list[str]:
    """Return words that a browser does not show, up to MAX_HIDDEN texts.

    `unseen` holds parts that the styles of the page hide; a few letters of them are a slip of its
    author and not a message.
    """
    marked = tree.css(HIDDEN)
    known = {node.mem_id for node in marked}
    more = [node for node in unseen if node.mem_id not in known]
    letters = sum(char.isalpha() for node in more for char in node.text(separator=" "))
    nodes = [*marked, *(more if letters >= MIN_LETTERS else [])][:MAX_HIDDEN]
    texts = (" ".join(node.text(separator=" ").split()) for node in nodes)
    return [text[:MAX_HIDDEN_LENGTH] for text in texts if text]


def _belongs_to_text(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in ("article", "main", "section"):
            return True
        parent = parent.parent
    return False


def _heading(node: LexborNode) -> str:
    """Return the page's heading, which often stands in its header between logo and menu."""
    heading = node.css_first("h1") if node.tag == "header" else None
    words = " ".join(heading.text(separator=" ").split()) if heading is not None else ""
    return f"\n\n# {words}\n\n" if words else ""
