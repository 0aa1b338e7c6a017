"""The content policy fits the installed Streamlit and nothing else."""

from web.headers import content_policy, inline_script_hashes, streamlit_page


def test_inline_scripts_are_hashed_as_browsers_do() -> None:
    page = '<script src="a.js"></script><script>alert(1)</script><script type="module"></script>'

    # The first value is the known one of `alert(1)`, the second that of the empty text.
    assert inline_script_hashes(page) == [
        "sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=",
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    ]


def test_the_policy_is_the_reviewed_one() -> None:
    assert content_policy("<script>alert(1)</script>") == (
        "default-src 'self'; "
        "script-src 'self' 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; media-src 'self' blob:; frame-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def test_streamlits_page_has_exactly_one_inline_script() -> None:
    assert len(inline_script_hashes(streamlit_page())) == 1
