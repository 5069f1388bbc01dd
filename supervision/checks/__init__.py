"""Checks (明察暗访) as visits: what was looked at and found, how severe each inspector is, and the files that show it.

severity.py is the pure estimate, pictures.py takes out of a picture what the camera wrote, desk.py reads and keeps. What can be found is
the matter of the checklist (``inspection.py``), what it costs the scheme's.
"""
