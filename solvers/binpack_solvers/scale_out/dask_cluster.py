"""The workers of a Dask cluster as an executor; ``distributed`` is imported only when one is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib.util import find_spec
from typing import NamedTuple

from binpack_solvers.errors import ClusterError

PATIENCE_SECONDS = 10.0
"""For the scheduler to answer, and for its first worker."""


class Cluster(NamedTuple):
    """``executor`` sends calls to the cluster, which runs ``workers`` of them at a time."""

    executor: Executor
    workers: int


@contextmanager
def dask_cluster(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler answers at ``address``, such as tcp://host:8786. Its workers need this package too.

    Dask itself starts a call again whose worker dies (``distributed.scheduler.allowed-failures``), elsewhere; the client is
    closed at the end, and the cluster left as it was. Raises ClusterError.
    """
    try:
        from distributed import Client
        from distributed.comm import resolve_address
    except ImportError as error:
        raise ClusterError(
            f"cluster {address}: found no package {error.name}; install it with pip install 'binpack-eras[cluster]'"
        ) from error
    try:
        resolve_address(address)  # a client that cannot read its address does not end
        client = Client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"cluster {address}: nothing answers ({_first_line(error)}); expected the address of a Dask scheduler, such as "
            f"tcp://host:8786"
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError as error:
            raise ClusterError(
                f"cluster {address}: found no worker; expected at least one (dask worker ADDRESS)"
            ) from error
        # a lambda travels as it is, where a function of this package would be looked up in the worker's
        for worker, missing in client.run(lambda: find_spec("binpack_solvers") is None).items():
            if missing:
                raise ClusterError(f"cluster {address}: worker {worker} has no binpack; install binpack-eras there too")
        yield Cluster(client.get_executor(pure=False), sum(client.nthreads().values()))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
