"""Run one command for the benchmarks, and print its usage: CPU seconds, wall seconds, peak memory, exit code.

It is a separate process that imports little: on Linux the peak memory of a process is at least that of its parent.
"""

import os
import sys
import time

output, *command = sys.argv[1:]
stream = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
actions = [(os.POSIX_SPAWN_DUP2, stream, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
pid = os.posix_spawnp(command[0], command, os.environ, file_actions=actions)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - started
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss, os.waitstatus_to_exitcode(status))
