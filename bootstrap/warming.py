"""Loads at start what the first question would load, and spares it from garbage collection."""

import gc
import logging

from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.on_behalf import DOCUMENTS_SURFACE
from core.errors import SandboxError
from core.models.chat import load_client_libraries

logger = logging.getLogger(__name__)


def warm_up(services: Services) -> None:
    """Answer a question and look for an idea, which nobody asked for, then freeze what was loaded.

    A full collection looks at every object there is, with the interpreter's lock held: hundreds of
    milliseconds with the libraries of this app. What is loaded now lives as long as the process;
    frozen, it is not looked at again, and later libraries would be.
    """
    if services.chat.model_name is not None:
        load_client_libraries()
    try:
        services.chat.search(SYSTEM, "What are the rules?", surface=DOCUMENTS_SURFACE)
        services.ideas.similar.hints(SYSTEM, "What others proposed")
    except SandboxError as error:
        logger.warning("no search at start error=%s", type(error).__name__)
    gc.collect()
    gc.freeze()
    logger.info("warm objects=%s", gc.get_freeze_count())
