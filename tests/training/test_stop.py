"""The stop button at any moment: the kept result is consistent, and BLAS and the button are restored."""

import copy
import signal
import threading

import pytest
from stop_button import Stop
from threadpoolctl import threadpool_info, threadpool_limits

from helpers import datasets
from helpers.system import interrupts
from helpers.training import neural_network, parallel
from helpers.training.neural_network import NeuralNetwork

X, y = datasets.make_xor(40)
HELD_OUT = datasets.make_xor(20, random_state=1)
FILES = [module.__file__ for module in (neural_network, parallel, interrupts)]


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def state_of(network):
    arrays = [*network.W_.values(), *network.b_.values(), network.cost_history_, network.held_out_cost_history_]
    return [network.layer_sizes_, *(array.tobytes() for array in arrays)]


@pytest.mark.filterwarnings("ignore:training was interrupted")
def test_before_every_bytecode_of_fit():
    """Each stop leaves the previous network, or one from which `resume` matches an uninterrupted training run."""
    before = NeuralNetwork([2, 1], iterations=1).fit(X, y)
    options = {"layer_sizes": (3, 1), "iterations": 1, "optimizer": "momentum"}

    def fit(network):
        vars(network).update(options)
        return network.fit(X, y, held_out=HELD_OUT)

    counter = Stop(FILES)
    through = state_of(counter.run(lambda: fit(copy.deepcopy(before))))
    assert counter.count > 300
    outcomes = set()
    with threadpool_limits(2, user_api="blas"):
        for at in range(1, counter.count + 1):
            network, stop = copy.deepcopy(before), Stop(FILES, at)
            stop.run(lambda network=network: fit(network))
            assert blas_threads() <= {2}, at
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, at
            kept = network.layer_sizes_ == (2, 3, 1)
            outcomes.add(kept)
            if kept:
                assert state_of(network.resume(X, y, held_out=HELD_OUT)) == through, at
            else:
                assert state_of(network) == state_of(before) and len(network._state.costs) == 1, at
    assert outcomes == {True, False}


def test_before_every_bytecode_of_parallel_map():
    def use():
        with parallel.parallel_map(1) as run:
            return list(run(abs, [-1]))

    counter = Stop(FILES)
    assert counter.run(use) == [1]
    with threadpool_limits(2, user_api="blas"):
        for at in range(1, counter.count + 1):
            Stop(FILES, at).run(use)
            assert blas_threads() <= {2}, at
            assert parallel._SINGLE_THREADED_BLAS.users == set()


def test_an_interrupt_waits_in_the_main_thread_only():
    seen = []

    def elsewhere():
        with interrupts.interrupts_wait() as let_interrupt:
            let_interrupt()
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


def test_an_interrupt_passes_through_two_blocks():
    order = []
    with pytest.raises(KeyboardInterrupt), interrupts.interrupts_wait() as let_interrupt:
        with interrupts.interrupts_wait():
            signal.raise_signal(signal.SIGINT)
            order.append("inner")
        order.append("outer")
        let_interrupt()
    assert order == ["inner", "outer"]
