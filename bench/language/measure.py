"""CPU time (user and system, children too) of a command, the least of several rounds. Prints one JSON object."""
import json
import os
import resource
import subprocess
import sys

rounds, *command = sys.argv[1:]
least = None
for _ in range(int(rounds)):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    least = seconds if least is None else min(least, seconds)
print(json.dumps({'seconds': round(least, 3), 'exit': done.returncode, 'bytes': len(done.stdout)}))
