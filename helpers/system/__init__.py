"""General-purpose code that is not part of any lesson.

Read a file here when you need it: `validation` and `arguments` check input, `files` writes a file
completely or not at all, `interrupts` handles the stop button and the progress bar, `browser` deals with Python running
inside a web page, and `shadows` detects a file of the learner's that hides a module.
"""
