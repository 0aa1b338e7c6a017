"""Ways of writing code that open a hole are not used in the product."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    *("admin", "bootstrap", "core", "demo", "evaluation", "ideas", "ingestion", "rag"),
    *("terminal", "ui", "web"),
)
# What runs the code that data holds, or rebuilds any object that data names.
UNSAFE_MODULES = frozenset(
    "pickle marshal shelve dill cloudpickle joblib yaml langchain_core.load"
    " langchain_core.prompts.loading langchain.load".split()
)
UNSAFE_CALLS = frozenset({"eval", "exec"})
UNSAFE_OPTIONS = {
    "unsafe_allow_html": True,
    "unsafe_allow_javascript": True,
    "trust_remote_code": True,
    "shell": True,
    "autoescape": False,
}
CACHES = frozenset({"cache_data", "cache_resource"})


def modules() -> Iterator[tuple[Path, ast.Module]]:
    paths = [*ROOT.glob("*.py"), *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))]
    for path in paths:
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def unsafe(tree: ast.AST) -> Iterator[str]:
    """Yield what is unsafe in a program, by its name."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names if is_unsafe_module(one.name))
            case ast.ImportFrom(module=str(module), names=names):
                whole = [module, *(f"{module}.{one.name}" for one in names)]
                yield from filter(is_unsafe_module, whole)
            case ast.Call(func=function, keywords=keywords):
                name = ast.unparse(function)
                if name in UNSAFE_CALLS or name.endswith(".components.html"):
                    yield name
                yield from (k.arg for k in keywords if k.arg and is_unsafe_option(k))


def is_unsafe_module(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in UNSAFE_MODULES)


def is_unsafe_option(keyword: ast.keyword) -> bool:
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return keyword.arg in UNSAFE_OPTIONS and UNSAFE_OPTIONS[keyword.arg] is value


def test_no_data_becomes_code_or_html() -> None:
    found = [(str(path), name) for path, tree in modules() for name in unsafe(tree)]

    assert found == []


@pytest.mark.parametrize(
    "program",
    [
        "import pickle",
        "from langchain_core import load",
        "from langchain_core.load import loads",
        "eval(text)",
        "st.markdown(text, unsafe_allow_html=True)",
        "st.components.html(text)",
        "SentenceTransformer(name, trust_remote_code=True)",
        "subprocess.run(line, shell=True)",
    ],
)
def test_the_check_finds_each_of_them(program: str) -> None:
    assert list(unsafe(ast.parse(program)))


def test_what_streamlit_caches_for_everybody_knows_nobody() -> None:
    cached = [
        (str(path), node.name, len(node.args.args) + len(node.args.kwonlyargs))
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and any(name in ast.unparse(one) for one in node.decorator_list for name in CACHES)
    ]

    assert cached
    assert {path for path, _, _ in cached} == {"ui/resources.py"}
    assert [name for _, name, parameters in cached if parameters] == []
