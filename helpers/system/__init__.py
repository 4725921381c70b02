"""General-purpose code that is not the subject of any lesson.

There is no need to read these modules in order. `validation` and `arguments` check the arguments of functions, `files`
reads files and writes them atomically, `interrupts` handles the stop button and shows progress bars, `confinement`
restricts the rights of a process that runs other people's code, with `system_calls` as one of its layers, `browser`
adapts the lessons to Python running in a web page, and `shadows` detects files in the learner's folder that hide a
module.
"""
