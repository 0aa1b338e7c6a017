"""Builds what recognises orders to a language model: the rules, and a classifier if one is set."""

from pathlib import Path

from core.errors import ConfigurationError
from core.guardrails.detection import InjectionDetector
from core.models.injection_classifier import LocalInjectionClassifier
from core.settings import InjectionSettings


def build_detector(settings: InjectionSettings) -> InjectionDetector:
    """Build the detector; raise ConfigurationError if the folder is missing."""
    if not settings.model:
        return InjectionDetector()
    folder = Path(settings.model)
    if not folder.is_dir():
        raise ConfigurationError(
            "SANDBOX_INJECTION__MODEL is not a model folder on this machine. Nothing is "
            "downloaded: put the folder of a classifier there, or leave the setting empty."
        )
    classifier = LocalInjectionClassifier(folder, settings.device)
    return InjectionDetector(classifier, settings.threshold)
