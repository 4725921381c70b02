"""Work shared among several processes, on this machine or on others, with Dask as the engine.

Read in this order: `workers` (how they are started and stopped), `shards` (one network, with its examples
split among the workers), `sweep` (many networks, one for each point of a grid).
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
