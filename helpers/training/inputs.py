"""The door of `NeuralNetwork`: options and examples are checked here, before anything is computed."""

from helpers.backprop.activations import ACTIVATIONS
from helpers.backprop.losses import OUTPUTS, one_hot
from helpers.backprop.network import INITIALIZATIONS
from helpers.backprop.optimizers import OPTIMIZERS
from helpers.system.validation import (
    as_classes,
    as_layer_sizes,
    as_matrix,
    as_targets,
    floating_type,
    known_name,
    not_negative,
    positive_number,
    positive_whole,
)


def check_options(network):
    """Raise a TypeError or ValueError that names the first option of a `NeuralNetwork` that cannot be used."""
    as_layer_sizes(network.layer_sizes)
    known_name(network.hidden_activation, ACTIVATIONS, "hidden_activation")
    known_name(network.output, OUTPUTS, "output")
    known_name(network.initialization, INITIALIZATIONS, "initialization")
    known_name(network.optimizer, OPTIMIZERS, "optimizer")
    positive_number(network.learning_rate, "learning_rate")
    not_negative(network.l2, "l2")
    positive_whole(network.iterations, "iterations")
    for name in ("epochs", "batch_size", "shuffle_buffer", "patience"):
        if getattr(network, name) is not None:
            positive_whole(getattr(network, name), name)
    floating_type(network.dtype)


def as_examples(network, X, y):
    """X of shape (m, n[0]) and Y of shape (n[L], m), in the type of the network, every number finite."""
    X, n_units = as_rows(network, X), as_layer_sizes(network.layer_sizes)[-1]
    if hasattr(X, "blocks"):
        for _ in X.blocks():
            pass  # reading a block checks its numbers
    if network.output == "softmax":
        return X, one_hot(as_classes(y, len(X), n_units), n_units, network.dtype)
    return X, as_targets(y, len(X), n_units, network.output == "sigmoid", network.dtype)


def as_rows(network, X):
    """X as a matrix in the type of the network; rows that stay in a file stay there."""
    return X.with_dtype(network.dtype) if hasattr(X, "blocks") else as_matrix(X, dtype=network.dtype)
