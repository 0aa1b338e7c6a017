"""The web app: `streamlit run sandbox_app.py`."""

import streamlit as st

# The pages are imported now: the first person who opens one does not wait for pandas and Arrow.
from bootstrap.process import app_services
from bootstrap.warming import warm_up
from ui.boundary import explain
from ui.uploads import held_uploads
from web.app import lifespan, middleware, routes
from web.upload_quota import UploadLimits

services = app_services()
app = st.App(
    "ui/main.py",
    routes=routes(services),
    middleware=middleware(
        services,
        held=held_uploads,
        limits=UploadLimits(
            services.web.upload_bytes_of_a_page, 2 * services.web.upload_bytes_of_a_page
        ),
    ),
    lifespan=lifespan(
        services,
        st.get_option("server.address") or "",
        st.get_option("server.port"),
        warm_up=lambda: warm_up(services),
    ),
    on_script_error=explain,
)
