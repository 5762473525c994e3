"""Measures the rendering of a chart: `process TIMES COMMAND…` or `library TIMES FOLDER`.

Prints the median in milliseconds and the peak memory in MB.
"""
import resource
import subprocess
import sys
import time

mode, times, arguments = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if mode == "process":
    usage = resource.RUSAGE_CHILDREN

    def render():
        subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
else:
    import helm_python

    usage = resource.RUSAGE_SELF
    chart = helm_python.Chart.load(arguments[0])

    def render():
        chart.render({}, name="rel", namespace="ns1")

durations = []
for _ in range(times):
    start = time.perf_counter()
    render()
    durations.append((time.perf_counter() - start) * 1000)
durations.sort()
print(f"{durations[len(durations) // 2]:.3f} {resource.getrusage(usage).ru_maxrss / 1000:.1f}")
