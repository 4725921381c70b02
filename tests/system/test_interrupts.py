"""Interrupts that wait, and interrupts that the interrupted function catches."""

import signal
import threading

import pytest

from helpers.system.interrupts import interrupts_wait, uninterrupted


def test_presses_before_a_safe_point_count_as_one():
    with interrupts_wait() as let_interrupt:
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            let_interrupt()
        let_interrupt()  # nothing is left to be raised, here or at the end of the block


def stubborn(result):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        return result


def test_an_interrupt_is_raised_even_if_the_function_catches_it():
    with pytest.raises(KeyboardInterrupt):
        uninterrupted(stubborn, 3)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_function_that_is_not_interrupted_returns_its_result():
    assert uninterrupted(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        uninterrupted(divmod, 7, 0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_interrupts_may_be_ignored_and_other_threads_have_none():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert uninterrupted(stubborn, 3) is None
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    results = []
    thread = threading.Thread(target=lambda: results.append(uninterrupted(abs, -1)))
    thread.start()
    thread.join()
    assert results == [1]
