"""Backpropagation in plain NumPy: the code that the lessons derive, in the form that later lessons import.

Read in this order: `activations`, `losses`, `network`, then `gradient_check`.
"""
