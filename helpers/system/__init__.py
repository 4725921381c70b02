"""What every program needs and no lesson is about.

Read when you need it: `validation` checks what comes in, `files` writes a file wholly or not at all,
`interrupts` is about the stop button and the progress bar, `browser` about Python inside a web page.
"""
