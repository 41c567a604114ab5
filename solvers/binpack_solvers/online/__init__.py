"""Online packing: a residual state of open bins, policies that choose among them, arrivals and departures."""

from binpack_solvers.online.events import events_of
from binpack_solvers.online.online_packing import OnlinePacking
from binpack_solvers.online.policies import POLICIES
from binpack_solvers.online.run import Run

__all__ = ["POLICIES", "OnlinePacking", "Run", "events_of"]
