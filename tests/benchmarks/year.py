"""A hall's year many times over, and what it took; printed as JSON. Run: python -m tests.benchmarks.year SCENARIO REPLICATIONS WORKERS."""

from __future__ import annotations

import json
import resource
import sys
import time

from simulation import experiment, load_scenario


def main(path: str, replications: int, workers: int) -> None:
    scenario = load_scenario(path)
    days = round(scenario.days_per_year or 250)
    experiment(scenario, replications=1, days=days)  # compiled code is loaded
    begin, processor = time.perf_counter(), time.process_time()
    result = experiment(scenario, replications=replications, days=days, workers=workers)
    found = {
        "seconds": time.perf_counter() - begin,
        "processor": time.process_time() - processor,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "tickets": result.measures["arrivals"].value * replications * days,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
