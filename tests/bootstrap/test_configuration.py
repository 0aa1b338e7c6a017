"""Where settings come from: the project, not the working directory; and what is wrong with them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bootstrap.checks import check_settings
from bootstrap.configuration import ENV_FILE, known_names, read_settings, sources
from core.errors import ConfigurationError
from core.settings import project_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty file of settings, and no variables of whoever runs the tests."""
    for name in list(os.environ):
        if name.startswith("SANDBOX_"):
            monkeypatch.delenv(name)
    file = tmp_path / "sandbox.env"
    file.touch()
    monkeypatch.setenv(ENV_FILE, str(file))
    return file


def test_folders_are_meant_from_the_project_wherever_the_program_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert read_settings().data_dir == ROOT / "data" / "local"
    monkeypatch.setenv("SANDBOX_DATA_DIR", "elsewhere")
    assert read_settings().data_dir == project_folder() / "elsewhere"
    monkeypatch.setenv("SANDBOX_DATA_DIR", "")
    assert read_settings().data_dir == ROOT / "data" / "local"


@pytest.mark.parametrize("command", [("collections", "list"), ("doctor",), ("verify",)])
def test_looking_creates_nothing_here_or_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    here, data = tmp_path / "here", tmp_path / "data"
    here.mkdir()
    environment = {
        **os.environ,
        "SANDBOX_DATA_DIR": str(data),
        "SANDBOX_EMBEDDINGS__MODEL": str(tmp_path / "no-model"),
    }

    done = subprocess.run(
        [sys.executable, str(ROOT / "sandbox_cli.py"), *command, "--json"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "python sandbox_cli.py setup" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not data.exists()
    assert list(here.iterdir()) == []


def test_the_sources_of_settings_are_told_without_values(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.write_text("SANDBOX_LLM__API_KEY=sk-canary\nOTHER=1\nsandbox_currency=USD\n")
    monkeypatch.setenv("SANDBOX_RETRIEVAL__TOP_K", "4")

    found, check = sources(), check_settings()

    assert found.in_file == ("SANDBOX_LLM__API_KEY", "SANDBOX_CURRENCY")
    assert "SANDBOX_RETRIEVAL__TOP_K" in found.in_environment
    assert check.is_ok
    assert str(settings_file) in check.found
    assert "sk-canary" not in check.found


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("SANDBOX_LLM__BASE_ULR", "SANDBOX_LLM__BASE_URL"),
        ("SANDBOX_LLM_MODEL", "SANDBOX_LLM__MODEL"),
        ("SANDBOX_SERVER__ALLOWED_HOST", "SANDBOX_SERVER__ALLOWED_HOSTS"),
        ("SANDBOX_COLOUR_OF_THE_SKY", ""),
    ],
)
def test_a_name_that_no_setting_has_is_found_with_the_nearest(
    settings_file: Path, name: str, nearest: str
) -> None:
    settings_file.write_text(f"{name}=x\n")

    check = check_settings()

    assert not check.is_ok
    assert name in check.found
    assert nearest in check.fix


def test_every_known_name_is_accepted(settings_file: Path) -> None:
    assert "SANDBOX_LLM__BASE_URL" in known_names()
    settings_file.write_text("".join(f"{name.lower()}=\n" for name in known_names()))

    assert sources().unknown == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANDBOX_SERVER__ALLOWED_HOSTS", "intranet.firm.example"),
        ("SANDBOX_SERVER__ALLOWED_HOSTS", '["intranet.firm.example"'),
        ("SANDBOX_LLM", "{base_url: x}"),
        ("SANDBOX_RETRIEVAL__TOP_K", "many"),
        ("SANDBOX_SESSION__SECURE_COOKIE", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_read_names_its_setting(
    settings_file: Path, name: str, value: str
) -> None:
    settings_file.write_text(f"{name}={value}\n")

    with pytest.raises(ConfigurationError, match=f"Invalid settings.*{name}") as refused:
        read_settings()

    assert value not in str(refused.value)


def test_a_file_of_settings_that_cannot_be_read_is_a_sentence(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.write_bytes(b"SANDBOX_COMPANY_NAME=M\xfcller\n")
    with pytest.raises(ConfigurationError, match=r"sandbox\.env.*UTF-8"):
        read_settings()

    monkeypatch.setenv(ENV_FILE, str(settings_file.parent))
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_settings()

    monkeypatch.setenv(ENV_FILE, str(settings_file.parent / "gone.env"))
    with pytest.raises(ConfigurationError, match="names a settings file that does not exist"):
        read_settings()
