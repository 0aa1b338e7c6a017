"""A small app behind the real gate, started by the tests with `streamlit run`."""

import os
from datetime import timedelta
from pathlib import Path

import streamlit as st

from admin.audit.log import AuditLog
from admin.provisioning.services import ScimServices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from tests.web.served_services import ServedServices
from ui.uploads import held_uploads
from web.app import lifespan, middleware, routes
from web.upload_quota import UploadLimits


def build() -> ServedServices:
    database = Database(os.environ["TEST_DATABASE_URL"])
    passwords = Passwords("Nordhafen")
    key = SecretKey(Path(os.environ["TEST_SECRET_KEY"]))
    sign_in = SignIn(
        database,
        passwords,
        idle=timedelta(hours=1),
        absolute=timedelta(hours=8),
        factors=SecondFactors(database, key, "Sandbox"),
    )
    scim = ScimServices.on(
        database,
        administrator_group="",
        names_changed=lambda: None,
        origin=lambda address: f"net:{address}",
    )
    links = PasswordLinks(database, passwords)
    return ServedServices(database, sign_in, links, AuditLog(database), scim)


services = build()
app = st.App(
    "served_page.py",
    routes=routes(services),
    middleware=middleware(services, held=held_uploads, limits=UploadLimits(3 * 2**20, 4 * 2**20)),
    lifespan=lifespan(services, "127.0.0.1", st.get_option("server.port"), warm_up=lambda: None),
)
