"""What a file says in few words, as the plain lines and windows that the engines know.

Classes of citizens, stations beside the windows, several services in one visit, a layout and an open lunch are words of the file alone:
here they become lines (a line is what one ticket waits for: a service, of one class, at the windows or at one station) and windows. Ids
stay readable: ``tax:agent`` is the line of a class, ``tax@kiosk`` that of a station, ``tax+pre-check`` who comes to the windows prepared by
it, ``company/tax`` the second part of a bundle. The engines need no rule for any of it.

Assumes tables without a fault. Not for checking.

lines      services, classes and stations -> lines
ways       by which ways the citizens of a service come and go: the stations before, instead of and after the windows
windows    which lines a window serves, how fast; stations as windows; lunch
layouts    [layout] -> windows, shared out by the load
"""

from __future__ import annotations

from simulation.scenario.expanding.lines import Line, lines_of
from simulation.scenario.expanding.ways import PUBLIC

__all__ = ["PUBLIC", "Line", "lines_of"]
