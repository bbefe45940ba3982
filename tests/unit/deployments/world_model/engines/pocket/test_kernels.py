"""The compiled loops: none is forgotten, and whoever has to wait for them is told."""

import subprocess
import sys
from pathlib import Path

from deployments.world_model.engines.pocket.kernels import FOLDER, MODULES, PACKAGE, forget, load_kernels


def test_every_module_with_a_compiled_loop_is_named() -> None:
    assert set(MODULES) == {path.stem for path in FOLDER.glob("*.py") if "\n@njit" in path.read_text("utf-8")}


def test_loading_brings_all_of_them_in_and_the_cache_has_them_the_second_time() -> None:
    load_kernels(lambda: None)
    assert {f"{PACKAGE}.{module}" for module in MODULES} <= set(sys.modules)
    code = f"from {load_kernels.__module__} import load_kernels; load_kernels(lambda: print('compiling'))"
    second = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=True)
    assert second.stdout == ""


LOOP = """
import sys
from numba import njit
from deployments.world_model.engines.pocket import kernels

kernels.MODULES = ("loop",)
kernels.PACKAGE = "loops"
kernels.load_kernels(lambda: print("compiling"))
from loops import loop

assert not loop.a.stats.cache_misses, "compiled in this process"
"""


def test_it_tells_once_that_it_compiles_and_nothing_when_the_cache_has_it_even_without_bytecode(tmp_path: Path) -> None:
    package = tmp_path / "loops"
    package.mkdir()
    loop = '@njit("i8(i8)", cache=True)\ndef {name}(value):\n    return value + 1\n'
    (package / "loop.py").write_text("from numba import njit\n" + "".join(loop.format(name=name) for name in "ab"))

    def load() -> str:
        return subprocess.run(
            [sys.executable, "-B", "-c", LOOP],
            env={"PYTHONPATH": f"{tmp_path}:{FOLDER.parents[3]}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def kept() -> list[Path]:
        return [path for path in package.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]

    assert load() == "compiling\n"
    assert load() == ""
    assert kept()
    forget(package)
    assert not kept()
