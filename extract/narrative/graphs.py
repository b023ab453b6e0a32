"""ONNX graphs as parts of spaCy components: run, saved and loaded with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime as ort

from extract import cores


class Graph:
    """One ONNX model. The session is made at its first use."""

    def __init__(self, model: bytes):
        self.model = model
        self._session: ort.InferenceSession | None = None

    def __call__(self, *inputs: np.ndarray) -> list[np.ndarray]:
        """Outputs for ``inputs`` in the order in which the graph declares them."""
        if self._session is None:
            options = ort.SessionOptions()
            options.log_severity_level = 3
            options.intra_op_num_threads = cores.given
            # the arena keeps the largest buffers ever needed: one long text would cost its memory for good
            options.enable_cpu_mem_arena = False
            # waiting threads must not spin: a worker shares its cores with OCR
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            self._session = ort.InferenceSession(self.model, options, providers=["CPUExecutionProvider"])
        names = [i.name for i in self._session.get_inputs()]
        return self._session.run(None, dict(zip(names, inputs, strict=True)))


#: Bytes of one file of a graph: version control and mirrors refuse much larger ones.
_PART = 90_000_000


class GraphComponent:
    """A spaCy component that runs ONNX graphs: ``graphs`` holds them by name. Each is one file when saved, or, where
    that would be too large, several that follow on each other (``encoder.onnx``, ``encoder.onnx.1``)."""

    graph_names: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.graphs: dict[str, Graph] = {}

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        for name in self.graph_names:
            model = self.graphs[name].model
            for k, start in enumerate(range(0, len(model), _PART)):
                _part(folder, name, k).write_bytes(model[start : start + _PART])
            k = -(-len(model) // _PART)
            while _part(folder, name, k).exists():  # of a larger graph that stood here before
                _part(folder, name, k).unlink()
                k += 1

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> GraphComponent:
        for name in self.graph_names:
            parts = [_part(Path(path), name, 0)]
            while (more := _part(Path(path), name, len(parts))).exists():
                parts.append(more)
            self.graphs[name] = Graph(b"".join(p.read_bytes() for p in parts))
        return self


def _part(folder: Path, name: str, number: int) -> Path:
    return folder / (f"{name}.onnx.{number}" if number else f"{name}.onnx")
