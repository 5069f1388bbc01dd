"""The command line, as in the tests of the dashboards."""

from __future__ import annotations

from tests.dashboards.conftest import openhall as openhall
