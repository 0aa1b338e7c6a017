"""The address at which this browser reaches the app."""

from urllib.parse import urlsplit

import streamlit as st


def app_address() -> str:
    """Return scheme and host, such as `https://sandbox.example`; empty where nobody knows."""
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}" if here.netloc else ""
