"""Checks of numbers and arrays in unusual surroundings."""

import numpy as np
import pytest

from helpers.system import validation


def test_zero_is_at_least_zero_even_if_the_processor_flushes_subnormal_numbers():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    torch.set_flush_denormal(True)
    try:
        assert validation.not_negative(0, "l2") == 0
        assert validation.not_negative(0.5, "l2") == 0.5
    finally:
        torch.set_flush_denormal(False)


@pytest.mark.parametrize("value", [-1, -1e-300, -5e-324, np.inf, np.nan])
def test_what_is_not_at_least_zero_is_refused(value):
    with pytest.raises(ValueError, match=r"^l2 is .*, but it must be a finite number of at least 0$"):
        validation.not_negative(value, "l2")


def test_minus_zero_becomes_zero():
    assert str(validation.not_negative(-0.0, "l2")) == "0.0"


class Huge:
    def __array__(self, *arguments, **options):
        raise MemoryError("unable to allocate 2 TiB")


def test_an_array_that_does_not_fit_in_memory_is_not_called_unreadable():
    with pytest.raises(MemoryError, match="2 TiB"):
        validation.as_matrix(Huge())
