"""Conditions under which tests and notebooks run, the same on every machine. Set here and nowhere else."""

import os

# Kernels inherit both. One BLAS thread: two that compete with another process slow small products
# down twentyfold (`NeuralNetwork.fit` still uses all cores, by threads of its own). No progress
# bar: its text would differ from run to run.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TQDM_DISABLE"] = "1"
