"""Under OPENHALL_REQUIRE_ALL=1 no test may be skipped for a missing component; only the reference data beside the project may be absent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
SKIPS = {
    "in_the_test": "def test_it():\n    pytest.skip('there is no Chromium')\n",
    "in_a_fixture": "@pytest.fixture\ndef browser():\n    pytest.skip('there is no Chromium')\n\ndef test_it(browser):\n    pass\n",
    "by_a_mark": "@pytest.mark.skipif(True, reason='there is no Chromium')\ndef test_it():\n    pass\n",
    "of_a_module": "pytest.importorskip('no_such_package_at_all')\n\ndef test_it():\n    pass\n",
}


def run(folder: Path, program: str, require: str) -> subprocess.CompletedProcess[str]:
    """One file of tests with the project's conftest, in a tree of its own without reference data beside it."""
    tests = folder / "project" / "tests"
    tests.mkdir(parents=True)
    shutil.copyfile(CONFTEST, tests / "conftest.py")
    (tests / "test_one.py").write_text(f"import pytest\n\n{program}", encoding="utf-8")
    environment = os.environ | {"OPENHALL_REQUIRE_ALL": require}
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", "--rootdir", str(tests), str(tests)]
    return subprocess.run(command, cwd=tests, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("program", SKIPS.values(), ids=SKIPS)
def test_a_skip_is_a_failure_where_everything_is_required(tmp_path: Path, program: str) -> None:
    strict, lenient = run(tmp_path / "a", program, "1"), run(tmp_path / "b", program, "")

    assert strict.returncode not in (0, 5)
    assert "OPENHALL_REQUIRE_ALL=1 allows no skip" in strict.stdout
    assert lenient.returncode in (0, 5)
    assert "1 skipped" in lenient.stdout


def test_absent_reference_data_is_the_one_permitted_skip_and_is_printed(tmp_path: Path) -> None:
    ended = run(tmp_path, "def test_it(shared):\n    pass\n", "1")

    assert ended.returncode == 0
    assert "the reference data beside the project (../shared) is not here" in ended.stdout
