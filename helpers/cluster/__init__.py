"""Several processes, on this machine or on others, with Dask as the engine.

Read in this order: `workers` (start and close them, and who can reach them), `shards` (one network,
its examples dealt out), `sweep` (many networks, one for each point).
"""

from helpers.cluster import sweep
from helpers.cluster.shards import Shards, traced_gradient
from helpers.cluster.workers import MissingEngineError, NoWorkersError, WorkerLostError, Workers, connect, missing

__all__ = [
    "MissingEngineError",
    "NoWorkersError",
    "Shards",
    "WorkerLostError",
    "Workers",
    "connect",
    "missing",
    "sweep",
    "traced_gradient",
]
