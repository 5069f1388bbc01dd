"""The analytic answers of queueing theory, computed without any engine.

Each module answers one family of models exactly; tests hold the simulation against them, and staffing starts from them.
"""

from __future__ import annotations
