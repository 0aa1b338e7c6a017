"""The only code that knows Starlette: the gate, pages outside Streamlit, downloads and health."""
