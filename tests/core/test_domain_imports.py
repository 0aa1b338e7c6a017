"""The domain runs on the standard library alone, type names aside."""

import pkgutil
import subprocess
import sys
from pathlib import Path

import core.domain

ROOT = Path(__file__).parents[2]
LOADED = """
import sys
before = set(sys.modules)
import {modules}
new = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(new - set(sys.stdlib_module_names)))
"""


def test_loading_the_whole_domain_loads_no_other_package() -> None:
    parts = pkgutil.walk_packages(core.domain.__path__, "core.domain.")
    modules = [part.name for part in parts]

    script = LOADED.format(modules=", ".join(modules))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert len(modules) > 20
    assert done.stdout.split() == ["core"]
