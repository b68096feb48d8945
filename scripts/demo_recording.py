"""Record the demo anew: python -m scripts.demo_recording. Needs prometheus on the PATH."""

from farthing.demo import AROUND, RECORDING, WINDOW, organisation, record, running_prometheus

start, end = (WINDOW.start - AROUND).timestamp(), (WINDOW.end + AROUND).timestamp()
with running_prometheus(list(organisation()), start, end) as url:
    recording = record(url)
recording.write()
print(f"{RECORDING.name}: {len(recording.answers)} answers, {RECORDING.stat().st_size:,} bytes")
