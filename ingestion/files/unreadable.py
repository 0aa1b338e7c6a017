"""What people are told about files that cannot be read: the cause, and what to do instead."""

_MEDIA = "Sound and video cannot be read. Upload a transcript as text instead."
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
    ".heic": "Save the picture as JPEG or PNG and upload the result.",
    ".heif": "Save the picture as JPEG or PNG and upload the result.",
    ".svg": "Save the picture as PNG or PDF and upload the result.",
    ".mobi": "Convert it to EPUB or PDF and upload the result.",
    ".pst": "Save the messages as .msg or .eml and upload those.",
    ".mbox": "Save the messages as .eml and upload those.",
    ".p7m": "It is encrypted or signed. Open it in your mail program and save it as .eml or PDF.",
    **dict.fromkeys((".mp3", ".mp4", ".m4a", ".wav", ".avi", ".mov", ".ogg", ".wmv"), _MEDIA),
    **dict.fromkeys((".exe", ".dll", ".msi", ".com", ".scr"), _PROGRAM),
    **dict.fromkeys((".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz"), _ARCHIVE),
}
READABLE = (
    "PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, RTF, HTML, Markdown, text, CSV, XML, JSON, "
    "e-mails, pictures and zip archives of these can be read. If the file is plain text, give it "
    "the ending .txt."
)
PASSWORD = "The file is protected by a password. Remove the password and upload it again."  # noqa: S105  a sentence
DAMAGED_ZIP = "The file is damaged: its zip structure cannot be read. Save it again and upload it."
TYPE_DEFINITION = (
    "The file holds an XML type definition, which files of this kind never need. "
    "It was refused as unsafe."
)
POLYGLOT = (
    "The file is two things at once: behind its own content a zip archive is attached. "
    "It was refused as unsafe."
)


def reason_for_suffix(suffix: str) -> str:
    """Why files with this ending (with its dot, or empty) are not read, and what helps."""
    named = f"Files of type {suffix}" if suffix else "Files without an ending"
    return f"{named} cannot be read. {INSTEAD.get(suffix, READABLE)}"
