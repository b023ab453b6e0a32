"""Blobs: sealed, whole or not there, and only where they were put."""

from __future__ import annotations

import os
import resource
import uuid

import pytest

from extract.errors import OutputFailed
from haven.cases.blobs import FolderBlobs
from haven.keys import WrongKey

PACKET = uuid.UUID(int=1)


@pytest.fixture
def store(tmp_path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


def test_what_was_put_comes_back(store):
    assert store.get(PACKET, store.put(PACKET, b"Rosa Delgado")) == b"Rosa Delgado"


def test_the_disk_holds_random_names_and_no_content(store, tmp_path):
    store.put(PACKET, b"Rosa Delgado" * 100)

    (path,) = (tmp_path / "blobs" / str(PACKET)).iterdir()
    assert uuid.UUID(path.name)
    assert b"Rosa" not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_a_blob_under_the_name_of_another_does_not_open(store, tmp_path):
    one, other = store.put(PACKET, b"one"), store.put(PACKET, b"other")
    folder = tmp_path / "blobs" / str(PACKET)
    (folder / str(one)).replace(folder / str(other))

    with pytest.raises(WrongKey):
        store.get(PACKET, other)


def test_a_blob_that_was_cut_short_does_not_open(store, tmp_path):
    blob = store.put(PACKET, b"content")
    path = tmp_path / "blobs" / str(PACKET) / str(blob)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(WrongKey):
        store.get(PACKET, blob)


def test_a_full_disk_leaves_nothing_and_says_so(store, tmp_path):
    store.put(PACKET, b"kept")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OutputFailed, match="nothing was lost"):
            store.put(PACKET, os.urandom(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert len(list((tmp_path / "blobs" / str(PACKET)).iterdir())) == 1


def test_a_packet_is_forgotten_as_a_whole(store, tmp_path):
    other = uuid.UUID(int=2)
    store.put(PACKET, b"one"), store.put(PACKET, b"two")
    kept = store.put(other, b"kept")

    store.discard(PACKET)
    store.discard(PACKET)

    assert [p.name for p in (tmp_path / "blobs").iterdir()] == [str(other)]
    assert store.get(other, kept) == b"kept"


def test_many_are_kept_in_their_order_each_in_its_packet(store, tmp_path):
    other = uuid.UUID(int=2)
    contents = [(PACKET, b"one"), (other, b"two"), (PACKET, b"three")]

    kept = store.put_all(iter(contents))

    assert [store.get(packet, blob) for (packet, _), blob in zip(contents, kept, strict=True)] == [
        b"one",
        b"two",
        b"three",
    ]
    assert set(store.each()) == {(packet, blob) for (packet, _), blob in zip(contents, kept, strict=True)}


def test_of_many_none_is_kept_where_the_disk_is_full(store, tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OutputFailed, match="nothing was lost"):
            store.put_all([(PACKET, b"small"), (PACKET, os.urandom(5000)), (PACKET, b"small too")])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list((tmp_path / "blobs" / str(PACKET)).iterdir()) == []
