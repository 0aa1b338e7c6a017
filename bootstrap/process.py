"""The services of this process, built once at their first use."""

from functools import cache

from bootstrap.services import Services, build_services
from core.settings import Settings


@cache
def services() -> Services:
    """Web edge and pages share these; tests call build_services themselves."""
    return build_services(Settings())
