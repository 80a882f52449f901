"""The house stays one that can be seen at a glance: few rooms, arrows one way, no page in the core."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import denoise_core

PACKAGE = Path(denoise_core.__file__).parent
MOST_ROOMS = 22  # 20, tuning, and the lessons: experiments with the whole package, which nothing else is built on


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE.glob("**/*.py")}


def imported(path: Path) -> set[str]:
    """Modules that a module names in its imports, also those within functions and for types alone."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {inside if (inside := f"{node.module}.{alias.name}") in MODULES else node.module for alias in node.names}
    return names


def test_there_is_no_import_circle():
    graph = {name: imported(path) & MODULES.keys() - {name, "denoise_core"} for name, path in MODULES.items()}
    assert sum(map(len, graph.values())) > 200
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise AssertionError(f"these modules import each other: {' -> '.join(error.args[1])}") from None


def test_the_core_imports_neither_streamlit_nor_the_pages():
    outside = {name.split(".")[0] for path in MODULES.values() for name in imported(path)}
    assert "numpy" in outside
    assert not outside & {"streamlit", "pages", "tests"}


def test_the_top_of_the_package_has_few_names():
    rooms = {path.stem for path in PACKAGE.iterdir() if (path / "__init__.py").exists() or path.suffix == ".py"}
    assert len(rooms - {"__init__", "__main__"}) <= MOST_ROOMS
