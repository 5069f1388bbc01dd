"""Work orders: what is done about a bad rating, a finding, a complaint, a lapse, an overdue case, a window at the bottom.

workflow.py says which step leads where (data: workflows.toml), clock.py which limits hold (data: rule_sets.toml), call_in.py who is at the
bottom, desk.py the use cases. An order never deducts a point: it changes what a record stands as, and the scheme does the rest.
"""
