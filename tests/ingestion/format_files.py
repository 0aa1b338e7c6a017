"""Files of the rarer formats, made in the test."""

import struct
from collections.abc import Mapping, Sequence

from tools.trial.files import zip_of

ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" '
    'xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0" '
    'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0" '
    'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"'
)
ODT_BODY = """<text:tracked-changes><text:p>Deleted words</text:p></text:tracked-changes>
<text:h text:outline-level="1">Travel policy</text:h>
<text:p>Trains<text:s text:c="2"/>first.<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>Second class.</text:p></text:note-body></text:note></text:p>
<text:list><text:list-item><text:p>Book early</text:p><text:list><text:list-item>
<text:p>Two weeks</text:p></text:list-item></text:list></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>City</text:p></table:table-cell>
<table:table-cell><text:p>Limit</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>Bonn</text:p></table:table-cell>
<table:table-cell><text:p>120</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>
<text:p text:style-name="P9">Second page.<office:annotation><text:p>A comment</text:p>
</office:annotation></text:p>"""
PAGE_BREAK_STYLE = (
    '<style:style style:name="P9"><style:paragraph-properties fo:break-before="page"/>'
    "</style:style>"
)
ODP_BODY = """<draw:page><draw:frame presentation:class="title"><draw:text-box>
<text:p>Agenda</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:list>
<text:list-item><text:p>Welcome</text:p></text:list-item></text:list></draw:text-box></draw:frame>
<presentation:notes><draw:frame><draw:text-box><text:p>Smile.</text:p></draw:text-box></draw:frame>
</presentation:notes></draw:page><draw:page/>"""


def odf(
    body: str = ODT_BODY,
    kind: str = "text",
    *,
    styles: str = "",
    common: str = "",
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """An OpenDocument text or, with `kind` “presentation”, slides.

    `styles` are its own, `common` is what stands in `styles.xml`, `parts` are further files,
    or others in their place.
    """
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODF}>'
        f"<office:automatic-styles>{PAGE_BREAK_STYLE}{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    stored = {"mimetype": mimetype, "META-INF/manifest.xml": manifest}
    if common:
        shared = f"<office:document-styles {ODF}>{common}</office:document-styles>"
        stored["styles.xml"] = shared.encode()
    return zip_of({**stored, "content.xml": content.encode(), **(parts or {})})


def epub(
    chapters: Sequence[str],
    *,
    names: Sequence[str] = (),
    pictures: Mapping[str, tuple[str, bytes]] | None = None,
) -> bytes:
    """A book of these chapters; `names` are their titles in the table of contents.

    `pictures` are attributes and content by file name.
    """
    shown = pictures or {}
    items = "".join(
        f'<item id="c{n}" href="text/c{n}.xhtml" media-type="application/xhtml+xml"/>'
        for n in range(len(chapters))
    )
    items += "".join(
        f'<item id="{name}" href="{name}" media-type="image/png" {attributes}/>'
        for name, (attributes, _) in shown.items()
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    points = "".join(
        f'<navPoint><navLabel><text>{name}</text></navLabel><content src="text/c{n}.xhtml"/>'
        "</navPoint>"
        for n, name in enumerate(names)
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Handbook of ice</dc:title></metadata>"
        '<manifest><item id="toc" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
        f"{items}</manifest><spine>{spine}</spine></package>"
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>'
    parts = {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": container.encode(),
        "OEBPS/p.opf": package.encode(),
        "OEBPS/toc.ncx": f"<ncx><navMap>{points}</navMap></ncx>".encode(),
    }
    parts |= {f"OEBPS/{name}": content for name, (_, content) in shown.items()}
    for number, chapter in enumerate(chapters):
        page = f"<!DOCTYPE html><html><head/><body>{chapter}</body></html>"
        parts[f"OEBPS/text/c{number}.xhtml"] = page.encode()
    return zip_of(parts)


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\info{\title Leave rules}}\pard Gr\'fc\'dfe aus K\u246?ln.\par "
    rb"\trowd\cellx3000\cellx6000\pard\intbl Weeks\cell Pay\cell\row "
    rb"\trowd\cellx3000\cellx6000\pard\intbl 14\cell 100 %\cell\row "
    rb"\pard\page Second page.\par}"
)

Storage = Mapping[str, "bytes | Storage"]
SECTOR = 512
MINI = 64
SMALL = 4096
END, NONE = 0xFFFFFFFE, 0xFFFFFFFF
Entry = tuple[str, int, int, bytes]
"""Name, kind, first child and content."""


def ole(root: Storage) -> bytes:
    """A compound file (MS-CFB, version 3) with these streams and storages."""
    entries: list[tuple[str, int, int, bytes]] = []  # name, kind, first child, content
    siblings: dict[int, int] = {}

    def add(name: str, node: "bytes | Storage", kind: int) -> int:
        index = len(entries)
        entries.append((name, kind, NONE, node if isinstance(node, bytes) else b""))
        if not isinstance(node, bytes):
            children = [add(n, c, 2 if isinstance(c, bytes) else 1) for n, c in node.items()]
            siblings.update(zip(children, [*children[1:], NONE], strict=True))
            entries[index] = (name, kind, children[0] if children else NONE, b"")
        return index

    add("Root Entry", root, 5)
    return _compound_file(entries, siblings)


def _compound_file(entries: Sequence[Entry], siblings: Mapping[int, int]) -> bytes:
    """Directory, large streams, small streams and their table; the table of all last."""
    sectors, minis = _Sectors(SECTOR), _Sectors(MINI)
    sectors.add(bytes(len(entries) * 128))  # room for the directory
    starts = [(sectors if len(content) >= SMALL else minis).add(content) for *_, content in entries]
    small, starts[0] = minis.content, sectors.add(minis.content)
    mini_fat_at = sectors.add(minis.fat)
    directory = b"".join(
        _directory_entry(entry, start=start, sibling=siblings.get(index, NONE))
        for index, (entry, start) in enumerate(zip(entries, starts, strict=True))
    )
    directory = directory[:120] + struct.pack("<Q", len(small)) + directory[128:]
    body = directory.ljust(-(-len(directory) // SECTOR) * SECTOR, b"\0")
    body += sectors.content[len(body) :]
    fat_at = len(sectors.chains)
    sectors.chains.append(0xFFFFFFFD)
    mini_sectors = len(minis.fat) // SECTOR
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        bytes.fromhex("d0cf11e0a1b11ae1"),
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 0, 0, SMALL, mini_fat_at, mini_sectors, END, 0, fat_at),
    )
    return header.ljust(SECTOR, b"\xff") + body + sectors.fat


class _Sectors:
    """Streams one after another in sectors of one size, with the table that chains them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.content = b""
        self.chains: list[int] = []

    def add(self, stream: bytes) -> int:
        """The number of the first sector."""
        if not stream:
            return END
        first, count = len(self.chains), -(-len(stream) // self._size)
        self.chains.extend([*range(first + 1, first + count), END])
        self.content += stream.ljust(count * self._size, b"\0")
        return first

    @property
    def fat(self) -> bytes:
        packed = struct.pack(f"<{len(self.chains)}I", *self.chains)
        return packed.ljust(-(-len(packed) // SECTOR) * SECTOR, b"\xff")


def _directory_entry(entry: Entry, *, start: int, sibling: int) -> bytes:
    name, kind, child, content = entry
    encoded = name.encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ",
        encoded,
        len(encoded) + 2,
        kind,
        1,
        NONE,
        sibling,
        child,
        *(0, start, len(content)),
    )


def msg(
    texts: Mapping[int, str],
    attachments: Sequence[tuple[str, bytes]] = (),
    enclosed: Sequence[Mapping[int, str]] = (),
) -> bytes:
    """An Outlook message; `texts` by property id, `enclosed` messages inside."""
    return ole(_message(texts, attachments, enclosed, header=32))


def _message(
    texts: Mapping[int, str],
    attachments: Sequence[tuple[str, bytes]],
    enclosed: Sequence[Mapping[int, str]],
    *,
    header: int,
) -> dict[str, "bytes | Storage"]:
    storage = _properties(texts, {}, header)
    for number, (name, content) in enumerate(attachments):
        inner = _properties({0x3707: name}, {0x3701: content}, 8)
        storage[f"__attach_version1.0_#{number:08X}"] = inner
    for number, message in enumerate(enclosed, start=len(attachments)):
        inner = _properties({0x3001: "enclosed"}, {}, 8)
        inner["__substg1.0_3701000D"] = _message(message, (), (), header=24)
        storage[f"__attach_version1.0_#{number:08X}"] = inner
    return storage


def _properties(
    texts: Mapping[int, str], binaries: Mapping[int, bytes], header: int
) -> dict[str, "bytes | Storage"]:
    values = [(number, 0x1F, text.encode("utf-16-le")) for number, text in texts.items()]
    values += [(number, 0x102, content) for number, content in binaries.items()]
    table = bytes(header)
    streams: dict[str, bytes | Storage] = {}
    for number, kind, value in values:
        table += struct.pack("<HHIII", kind, number, 6, len(value), 0)
        streams[f"__substg1.0_{number:04X}{kind:04X}"] = value
    return {"__properties_version1.0": table, **streams}
