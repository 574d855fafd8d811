"""What `pip install` brings: the code, the templates, the example settings; and `warmline try` works at once."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's contents, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = folder.glob("warmline-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


def test_it_holds_all_that_is_needed_and_nothing_else(installed: Path) -> None:
    held = {path.relative_to(installed).as_posix() for path in installed.rglob("*") if path.is_file()}
    shipped = {
        path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").rglob("*") if path.is_file()
    }
    assert {name.removeprefix("responders/_shipped/templates/") for name in held if "_shipped/t" in name} == shipped
    assert "responders/_shipped/settings.toml" in held
    assert {"responders/desk/static/desk.css", "listener/plaza/style.css", "listener/py.typed"} <= held
    assert {name.partition("/")[0] for name in held} == {"listener", "responders", "warmline-0.1.0.dist-info"}


def test_try_works_straight_after_the_install_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    for words, said in (
        (["try", "Two weeks and still no word about my order. Is anybody there?"], "Nothing was stored or sent."),
        (["init"], "Wrote settings.toml"),
        (["inbox"], "Nobody waits"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "responders", *words],
            cwd=tmp_path, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(installed)},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
