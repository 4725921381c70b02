"""Stand-in for the package that shows matplotlib's figures below a cell."""
