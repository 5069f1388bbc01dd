"""What `from simulation import ...` gives does not depend on what was imported before."""

from __future__ import annotations

import subprocess
import sys


def test_a_name_of_the_package_is_a_function_even_after_its_module_was_imported() -> None:
    program = "import simulation.serve; from simulation import serve, draw_demand; print(callable(serve), callable(draw_demand))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == ["True", "True"]


def test_the_ticket_log_loads_neither_numba_nor_simpy() -> None:
    program = "import sys, simulation.tickets; print(sorted({'numba', 'simpy'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"
