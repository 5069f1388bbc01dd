"""A district: a hall, branch halls, townships, villages, machines and online as one demand that moves; what that does to each of them.

inputs   places, zones, services, plans, read from a file     flows   where cases are done, how far people travel
sites    the places as halls                                  answer  before and after, simulated on the same citizens
report   plain data
"""

from __future__ import annotations

from simulation.district.answer import DistrictFound, judge_plan
from simulation.district.flows import Access, Flow, access_of, by_kind, flows_of, moved
from simulation.district.inputs import ONLINE, District, Move, Place, Plan, Work, Zone, load_district
from simulation.district.report import district_as_data, inputs_as_data
from simulation.district.sites import Site, sites_of

__all__ = [
    "ONLINE",
    "Access",
    "District",
    "DistrictFound",
    "Flow",
    "Move",
    "Place",
    "Plan",
    "Site",
    "Work",
    "Zone",
    "access_of",
    "by_kind",
    "district_as_data",
    "flows_of",
    "inputs_as_data",
    "judge_plan",
    "load_district",
    "moved",
    "sites_of",
]
