"""`make demo`: the whole portal on one's own machine, in one process that starts the others and ends them.

Everything it starts ends with it: on Ctrl-C, on a signal, and when it is killed (the kernel's parent-death signal, and
a watchdog that notices the closed pipe).
"""
