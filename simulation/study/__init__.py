"""A study: many halls, many plans, each plan compared with its hall on the same days.

document   the study's file, read and checked with every hall and every plan it names
work       the comparisons handed to threads or a cluster, what is finished kept on disk
"""

from __future__ import annotations

from simulation.study.document import Hall, Plan, Study, read_study
from simulation.study.work import Item, finished, items_of, run_study

__all__ = ["Hall", "Item", "Plan", "Study", "finished", "items_of", "read_study", "run_study"]
