"""What every program needs and no lesson is about.

Read when you need it: `validation` checks arguments, `files` reads and writes files safely, `interrupts`
is about the stop button and the progress bar, `browser` about Python inside a web page.
"""
