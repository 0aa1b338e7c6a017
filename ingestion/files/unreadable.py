"""The messages about files that cannot be read: the cause, and what to do instead."""

_MEDIA = "Audio and video cannot be read. Upload a transcript as text instead."
_PROGRAM = "It is a program, not a document."
_ARCHIVE = "Pack its files into a .zip and upload that."
_DRAWING = "Export it as PDF and upload the result."

INSTEAD = {
    ".doc": "Open it in Word, save it as .docx and upload the result.",
    ".dot": "Open it in Word, save it as .docx and upload the result.",
    ".docm": "Save it as .docx, without macros, and upload the result.",
    ".dotx": "Save it as .docx and upload the result.",
    ".ppt": "Open it in PowerPoint, save it as .pptx and upload the result.",
    ".pps": "Open it in PowerPoint, save it as .pptx and upload the result.",
    ".ppsx": "Save it as .pptx and upload the result.",
    ".potx": "Save it as .pptx and upload the result.",
    ".pages": "Export it as PDF or .docx and upload the result.",
    ".numbers": "Export it as .xlsx and upload the result.",
    ".key": "Export it as PDF or .pptx and upload the result.",
    ".one": "Export it as PDF and upload the result.",
    ".pub": _DRAWING,
    ".vsd": _DRAWING,
    ".vsdx": _DRAWING,
    ".heic": "Save the image as JPEG or PNG and upload the result.",
    ".heif": "Save the image as JPEG or PNG and upload the result.",
    ".svg": "Save the image as PNG or PDF and upload the result.",
    ".mobi": "Convert it to EPUB or PDF and upload the result.",
    ".pst": "Save the messages as .msg or .eml and upload those.",
    ".mbox": "Save the messages as .eml and upload those.",
    ".p7m": "It is encrypted or signed. Open it in your mail program and save it as .eml or PDF.",
    **dict.fromkeys((".mp3", ".mp4", ".m4a", ".wav", ".avi", ".mov", ".ogg", ".wmv"), _MEDIA),
    **dict.fromkeys((".exe", ".dll", ".msi", ".com", ".scr"), _PROGRAM),
    **dict.fromkeys((".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz"), _ARCHIVE),
}
READABLE = (
    "PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, RTF, HTML, Markdown, text, CSV, XML, "
    "JSON, e-mails, images and zip archives of these can be read. If the file is plain text, "
    "give it the extension .txt."
)
PASSWORD = "The file is protected by a password. Remove the password and upload it again."  # noqa: S105  a sentence
DAMAGED_ZIP = "The file is damaged: its zip structure cannot be read. Save it again and upload it."
TYPE_DEFINITION = (
    "The file contains an XML type definition, which files of this kind never need. It was "
    "refused as unsafe."
)
POLYGLOT = "The file has a zip archive attached after its own content. It was refused as unsafe."


def reason_for_suffix(suffix: str) -> str:
    """Return why files with this extension (with dot, or empty) are not read, and what to do."""
    named = f"Files of type {suffix}" if suffix else "Files without an extension"
    return f"{named} cannot be read. {INSTEAD.get(suffix, READABLE)}"
