"""Measures what renders a chart: `process TIMES COMMAND…` or `library TIMES FOLDER`.

Prints the median in milliseconds and the peak memory in MB.
"""
import resource
import subprocess
import sys
import time

what, times, rest = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if what == "process":
    who = resource.RUSAGE_CHILDREN

    def once():
        subprocess.run(rest, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
else:
    import helm_python

    who = resource.RUSAGE_SELF
    chart = helm_python.Chart.load(rest[0])

    def once():
        chart.render({}, name="rel", namespace="ns1")

taken = []
for _ in range(times):
    start = time.perf_counter()
    once()
    taken.append((time.perf_counter() - start) * 1000)
taken.sort()
print(f"{taken[len(taken) // 2]:.3f} {resource.getrusage(who).ru_maxrss / 1000:.1f}")
