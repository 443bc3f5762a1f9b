"""The house rules that no linter knows: files in, each that breaks a rule by name out.

What breaks a hard rule fails. What is merely larger than it should be is reported as a warning.
"""

from __future__ import annotations

import ast
import re
import subprocess
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from tests.conftest import CHECKOUT, lacking, needs

SOURCES = CHECKOUT / "src" / "agentwatch"

MODULE_LINES = 400
APP_LINES = 250
"""Of console/app.py: in a terminal program the app class is what grows."""

UNMIRRORED: dict[str, str] = {}
"""Sources without a mirrored test, each with the reason."""

REGISTRIES = {
    "cli": ("cli/parser.py", "COMMANDS"),
    "console/panes": ("console/panes/__init__.py", "PANES"),
    "decode/dialects": ("decode/dialects/__init__.py", "DIALECTS"),
    "feeds": ("feeds/transports.py", "TRANSPORTS"),
    "store/queries": ("store/queries/__init__.py", "TABLES"),
}
"""Folder of plug-ins → the module and the name of the literal in which each has its line."""

PARTS = {
    "cli/console.py": "no command: what runs when none is given",
    "cli/manual.py": "prints the manual page for `make man`",
    "cli/launch.py": "starts a recorder for the commands",
    "cli/parser.py": "holds the registry",
    "cli/screen.py": "opens the full-screen console for the commands",
    "cli/times.py": "reads times for the commands",
    "decode/dialects/reading.py": "what every dialect returns",
    "feeds/queue.py": "what every transport fills",
    "feeds/status.py": "what every transport reports to",
    "feeds/transports.py": "holds the registry",
    "feeds/url.py": "which transport a URL means",
}
"""Modules beside plug-ins that are none, each with the reason."""

REPORTED = {"function lines": 40, "class methods": 15, "module lines": 250, "pane lines": 200}

REGISTRY_HOSTS = re.compile(
    r"py[p]i\.org|python[h]osted\.org|npm[j]s\.(?:org|com)|deb[i]an\.org|proxy\.go[l]ang|"
    r"crate[s]\.io|artifact[o]ry|index-ur[l]\s*=?\s*http",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wor[k]/(?:main|shared|\.)|roo[t]/|hom[e]/\w+/\.)")
"""Written so that neither pattern finds itself."""


def modules() -> list[str]:
    return sorted(path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.py"))


@lru_cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def mirror(module: str) -> Path:
    path = Path(module)
    return CHECKOUT / "tests" / path.parent / f"test_{path.stem.strip('_')}.py"


def holds_code(module: str) -> bool:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, functions) for node in ast.walk(tree(SOURCES / module)))


def registered(module: str, name: str) -> set[str]:
    """Return the modules that a registry, a literal tuple or dictionary, takes things from."""
    for node in tree(SOURCES / module).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        if isinstance(target, ast.Name) and target.id == name:
            value = getattr(node, "value", None)
            assert isinstance(value, ast.Tuple | ast.Dict), f"{name} in {module} is no literal"
            items = value.elts if isinstance(value, ast.Tuple) else value.values
            parts = (part for item in items for part in ast.walk(item))
            origins = imported(module)
            return {origins[part.id] for part in parts if isinstance(part, ast.Name)}
    raise AssertionError(f"{module} has no {name}")


def imported(module: str) -> dict[str, str]:
    """Return name → the last part of the module that it is, or comes from."""
    found = {}
    for node in tree(SOURCES / module).body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                path = CHECKOUT.joinpath("src", *node.module.split("."), f"{alias.name}.py")
                origin = alias.name if path.exists() else node.module.rpartition(".")[2]
                found[alias.asname or alias.name] = origin
    return found


def plug_ins(folder: str) -> set[str]:
    paths = [path for path in (SOURCES / folder).glob("*.py") if path.stem != "__init__"]
    if folder == "store/queries":  # the other queries belong to one pane each
        paths = [path for path in paths if "\nTABLE = " in path.read_text("utf-8")]
    return {path.stem for path in paths if f"{folder}/{path.name}" not in PARTS}


def project_files() -> list[Path]:
    """Return what is committed or about to be."""
    git = [needs("git"), "-C", str(CHECKOUT)]
    inside = subprocess.run([*git, "rev-parse", "--show-toplevel"], capture_output=True, text=True)
    if not inside.stdout or Path(inside.stdout.strip()).resolve() != CHECKOUT.resolve():
        lacking("this copy is no git checkout, so nobody can say which files are tracked")
    named = subprocess.run(
        [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = (CHECKOUT / name for name in named.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def test_no_module_is_too_long() -> None:
    code = [*SOURCES.rglob("*.py"), *(CHECKOUT / "tests").rglob("*.py")]
    code += (CHECKOUT / "benchmarks").rglob("*.py")
    long = {str(p.relative_to(CHECKOUT)): n for p in code if (n := lines(p)) > MODULE_LINES}
    assert not long, f"modules over {MODULE_LINES} lines"


def test_the_app_class_stays_small() -> None:
    app = SOURCES / "console" / "app.py"
    assert not app.exists() or lines(app) <= APP_LINES


def test_every_module_with_code_has_its_own_test_file() -> None:
    missing = [
        f"{module} → {mirror(module).relative_to(CHECKOUT)}"
        for module in modules()
        if module not in UNMIRRORED and holds_code(module) and not mirror(module).exists()
    ]
    assert not missing, "no test file of its own:\n" + "\n".join(missing)


def test_every_exception_still_stands_for_something() -> None:
    gone = [module for module in (*UNMIRRORED, *PARTS) if not (SOURCES / module).exists()]
    needless = [module for module in UNMIRRORED if mirror(module).exists()]
    assert not gone + needless


@pytest.mark.parametrize("folder", REGISTRIES)
def test_every_plug_in_has_its_line_in_the_registry(folder: str) -> None:
    if not (SOURCES / folder).exists():
        pytest.skip(f"there is no {folder} yet")
    assert plug_ins(folder) == registered(*REGISTRIES[folder])


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    here = re.compile(rf"(?<![\w.]){re.escape(str(CHECKOUT))}(?!\w)")
    found = []
    for path in project_files():
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            if any(pattern.search(line) for pattern in (REGISTRY_HOSTS, MACHINE_PATHS, here)):
                found.append(f"{path.relative_to(CHECKOUT)}:{number}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRY_HOSTS, "see https://py" + "pi.org/simple"),
        (REGISTRY_HOSTS, "--index-" + "url https://mirror.example/simple"),
        (MACHINE_PATHS, "run /wor" + "k/main/run.sh"),
        (MACHINE_PATHS, "log = /roo" + "t/x.log"),
    ],
)
def test_an_address_or_a_path_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_a_lock_pins_every_package_by_hash_and_holds_no_address(name: str) -> None:
    text = (CHECKOUT / "requirements" / name).read_text("utf-8")
    pins = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert len(pins) > 5
    assert not [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin]
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index|--extra-index|--find-links)", text, re.MULTILINE)


def test_what_is_larger_than_it_should_be_is_only_reported(tmp_path: Path) -> None:
    body = "\n".join("    pass" for _ in range(REPORTED["function lines"]))
    large = tmp_path / "large.py"
    large.write_text(f"def f():\n{body}\n")
    assert list(oversized(large)) == ["large.py f() 41 lines"]
    found = [line for module in modules() for line in oversized(SOURCES / module)]
    if found:
        warnings.warn("larger than they should be: " + "; ".join(found), stacklevel=1)


def oversized(path: Path) -> Iterator[str]:
    """Yield what of a module is over the sizes of REPORTED."""
    name = path.relative_to(SOURCES).as_posix() if path.is_relative_to(SOURCES) else path.name
    limit = REPORTED["pane lines" if name.startswith("console/panes/") else "module lines"]
    if (length := lines(path)) > limit:
        yield f"{name} {length} lines"
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree(path)):
        if isinstance(node, functions):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > REPORTED["function lines"]:
                yield f"{name} {node.name}() {length} lines"
        if isinstance(node, ast.ClassDef):
            methods = sum(isinstance(each, functions) for each in node.body)
            if methods > REPORTED["class methods"]:
                yield f"{name} {node.name} {methods} methods"
