"""A district: a hall, branch halls, townships, villages, machines and online as one demand that moves; what that does to each of them.

inputs   places, zones, services, plans      reading, moves   the file they stand in
flows    where cases are done, how far people travel          sites     the places as halls
choice   who goes where by way and wait      equilibrium   shares and simulated waits that agree
answer   before and after, simulated on the same citizens     report    plain data
tornado  which assumption moves the answer most
"""

from __future__ import annotations

from simulation.district.answer import DistrictFound, judge_plan
from simulation.district.equilibrium import Chosen, judge_choice
from simulation.district.flows import Access, Flow, access_of, by_kind, flows_of, moved
from simulation.district.inputs import ONLINE, Choice, District, Move, Place, Plan, Work, Zone
from simulation.district.reading import load_district
from simulation.district.report import choice_as_data, district_as_data, inputs_as_data
from simulation.district.sites import Site, sites_of
from simulation.district.tornado import OUTCOMES, Tornado, tornado, tornado_as_data

__all__ = [
    "ONLINE",
    "OUTCOMES",
    "Access",
    "Choice",
    "Chosen",
    "District",
    "DistrictFound",
    "Flow",
    "Move",
    "Place",
    "Plan",
    "Site",
    "Tornado",
    "Work",
    "Zone",
    "access_of",
    "by_kind",
    "choice_as_data",
    "district_as_data",
    "flows_of",
    "inputs_as_data",
    "judge_choice",
    "judge_plan",
    "load_district",
    "moved",
    "sites_of",
    "tornado",
    "tornado_as_data",
]
