"""Faults with the sentences of supervision/faults.toml. Import them from here, so that the catalogue is there."""

from __future__ import annotations

from pathlib import Path

from simulation.faults import BadInput, Fault, add_catalogue, fault, plain

add_catalogue(Path(__file__).with_name("faults.toml"))

__all__ = ["BadInput", "Fault", "fault", "plain"]
