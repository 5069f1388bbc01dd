"""Electronic supervision (电子监察): which cases need somebody now, and why.

ladder.py places a case on the ladder of warnings (pure; thresholds in ladder.toml), projects.py follows five-stage projects
(projects.toml), desk.py reads both from the record, shows a case with every stop of its clock, and records steps and extensions.
Warnings deduct nothing.
"""
