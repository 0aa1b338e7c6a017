"""The web app: `streamlit run sandbox_app.py`."""

import streamlit as st

from bootstrap.process import services
from web.app import lifespan, middleware, routes

app = st.App(
    "ui/main.py",
    routes=routes(services()),
    middleware=middleware(services()),
    lifespan=lifespan(
        services(), st.get_option("server.address") or "", st.get_option("server.port")
    ),
)
