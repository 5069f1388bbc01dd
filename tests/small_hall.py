"""A small hall of two services as a file, and what lies beside it: for the tests of districts and of sizing sheets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def small_hall(closes: str, tax: int, card: int, windows: Mapping[str, tuple[int, str]]) -> str:
    """Open from 09:00; so many arrivals an hour; windows: id -> how many, and the service they serve or "*"."""
    text = f"""
schema = 1
name = "small"
title = {{ zh = "小厅", en = "Small hall" }}

[[opening]]
from = 09:00:00
to = {closes}
at_end = "serve_all"

[[services]]
id = "tax"
service_min = {{ family = "exponential", mean = 10 }}
arrivals_per_hour = {tax}

[[services]]
id = "card"
service_min = {{ family = "exponential", mean = 6 }}
arrivals_per_hour = {card}
"""
    for id, (count, serves) in windows.items():
        kind = "comprehensive" if serves == "*" else "dedicated"
        text += f'\n[[windows]]\nid = "{id}"\nkind = "{kind}"\ncount = {count}\nserves = ["{serves}"]\n'
    return text


def write_beside(hall: str, path: Path, text: str, *swaps: tuple[str, str]) -> Path:
    """Writes a hall as hall.toml and a text, some of which is replaced, to a path in the same folder; the path."""
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    path.with_name("hall.toml").write_text(hall, encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    return path
