"""Signals that ratings may not be what citizens felt: reasons to look, never a penalty. Nothing here is read by a scheme.

signals.py finds them (pure), rules.toml holds the thresholds, honest.py simulates ratings of honest windows, measured.py says how often
each rule rings at those, desk.py reads a month from the record. No source lists such features (RULES 1.10): they are the project's own.
"""
