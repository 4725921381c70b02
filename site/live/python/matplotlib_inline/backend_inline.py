"""Stand-in that does nothing: `live_figures` takes its place."""
