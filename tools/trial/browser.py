"""Arguments that start Chromium for tests, and the credentials that people in it use."""

# Without these Chromium contacts its maker's services at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "copper violin sunset 42"
