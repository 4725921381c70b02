"""Tools that use Dask to share work among several processes, on this machine or on others.

Read the modules in this order: `workers` starts and stops the processes, `shards` trains one network on
examples that are split among them, and `sweep` trains many networks, one for each point of a grid.
"""

from helpers.cluster import sweep
from helpers.cluster.shards import Shards, gradient_and_peak_memory
from helpers.cluster.workers import (
    MissingEngineError,
    NoWorkersError,
    WorkerLostError,
    Workers,
    connect,
    why_unavailable,
)

__all__ = [
    "MissingEngineError",
    "NoWorkersError",
    "Shards",
    "WorkerLostError",
    "Workers",
    "connect",
    "gradient_and_peak_memory",
    "sweep",
    "why_unavailable",
]
