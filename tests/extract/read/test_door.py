"""Which files make up which packet."""

import os
import socket
from pathlib import Path

import pytest

from extract.errors import UsageProblem
from extract.read import open_packets, read_file


def packets(*paths: Path, **options: bool) -> dict[str, list[str]]:
    return {packet.id: [path.name for path in packet.paths] for packet in open_packets(paths, **options)}


def written(path: Path, text: str = "I was brought here by a man called Rodrigo.") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_is_a_packet_named_by_its_stem(tmp_path):
    assert packets(written(tmp_path / "statement of may.txt")) == {"statement of may": ["statement of may.txt"]}


def test_a_folder_holds_packets_each_file_and_each_direct_subfolder_is_one(tmp_path):
    written(tmp_path / "a.txt")
    written(tmp_path / "b" / "form.txt")
    written(tmp_path / "b" / "exhibits" / "photo.txt")
    written(tmp_path / "c.txt")
    assert packets(tmp_path) == {"a": ["a.txt"], "b": ["photo.txt", "form.txt"], "c": ["c.txt"]}


def test_files_are_sorted_as_people_count_them(tmp_path):
    for number in (10, 2, 1):
        written(tmp_path / "case" / f"page {number}.txt")
    assert packets(tmp_path)["case"] == ["page 1.txt", "page 2.txt", "page 10.txt"]


def test_a_folder_can_be_one_packet_as_a_whole(tmp_path):
    folder = tmp_path / "2019.05 case"
    written(folder / "a.txt")
    written(folder / "deeper" / "b.txt")
    assert packets(folder, whole_folder_as_packet=True) == {"2019.05 case": ["a.txt", "b.txt"]}


def test_ids_are_unique_in_a_run(tmp_path):
    files = [written(tmp_path / name) for name in ("a.txt", "a.md", "a-2.txt")]
    assert [packet.id for packet in open_packets([*files, files[0]])] == ["a", "a-2", "a-2-2", "a-3"]


def test_a_path_that_does_not_exist_is_told_before_any_packet_is_opened(tmp_path):
    with pytest.raises(UsageProblem, match="There is no file or folder"):
        open_packets([written(tmp_path / "a.txt"), tmp_path / "gone.txt"])


def test_an_empty_folder_is_told(tmp_path):
    with pytest.raises(UsageProblem, match="is empty"):
        open_packets([tmp_path])


def test_an_empty_subfolder_is_a_packet_with_a_refused_row_not_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    written(tmp_path / "a.txt")
    assert packets(tmp_path) == {"a": ["a.txt"], "empty": ["empty"]}
    (page,) = read_file(tmp_path / "empty").pages
    assert (page.state, page.reason) == ("refused", "This is a folder with no file in it.")


def test_a_link_out_of_the_folder_is_refused_with_its_reason_and_never_followed(tmp_path):
    secret = written(tmp_path / "outside" / "secret.txt", "nobody may read this")
    inside = tmp_path / "inside"
    written(inside / "a.txt")
    (inside / "link.txt").symlink_to(secret)
    (inside / "link-to-folder").symlink_to(secret.parent)
    files = {packet.id: read_file(packet.paths[0]) for packet in open_packets([inside])}
    assert files["a"].refused is None
    for name in ("link", "link-to-folder"):
        assert "link to somewhere outside the folder" in files[name].refused
        assert [page.state for page in files[name].pages] == ["refused"]


def test_a_link_inside_the_folder_is_read(tmp_path):
    target = written(tmp_path / "case" / "a.txt")
    (tmp_path / "case" / "b.txt").symlink_to(target)
    (packet,) = open_packets([tmp_path])
    assert [read_file(path).refused for path in packet.paths] == [None, None]


def test_a_link_that_the_user_names_is_followed(tmp_path):
    target = written(tmp_path / "elsewhere" / "a.txt")
    link = tmp_path / "link.txt"
    link.symlink_to(target)
    (packet,) = open_packets([link])
    assert packet.id == "link"
    assert read_file(packet.paths[0]).refused is None


def test_links_in_a_circle_end(tmp_path):
    written(tmp_path / "case" / "a.txt")
    (tmp_path / "case" / "again").symlink_to(tmp_path / "case")
    (tmp_path / "case" / "self").symlink_to(tmp_path / "case" / "self")
    (packet,) = open_packets([tmp_path])
    states = {path.name: read_file(path).refused is None for path in packet.paths}
    assert states == {"a.txt": True, "again": False, "self": False}


def test_pipes_and_sockets_are_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        refusals = [read_file(packet.paths[0]).refused for packet in open_packets([tmp_path])]
    assert refusals[0] == "This is a pipe, socket or device, not a file."
    assert "could not be opened" in refusals[1]


def test_hidden_files_are_not_passed_over(tmp_path):
    written(tmp_path / ".statement.txt")
    (tmp_path / ".DS_Store").write_bytes(b"\0\0\0\1Bud1\0")
    found = {packet.id: read_file(packet.paths[0]) for packet in open_packets([tmp_path])}
    assert found[".statement"].refused is None
    assert found[".DS_Store"].refused


def test_a_name_with_newlines_or_broken_bytes_gives_an_id_of_one_line(tmp_path):
    written(tmp_path / "two\nlines.txt")
    written(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")))
    found = {packet.id: read_file(packet.paths[0]) for packet in open_packets([tmp_path])}
    assert sorted(found) == ["caf_", "two_lines"]
    for file in found.values():
        assert file.refused is None
        assert "\n" not in file.name
        file.name.encode()


def test_a_thousand_files_and_a_deep_tree(tmp_path):
    for number in range(1000):
        (tmp_path / f"{number}.txt").write_text("I was there.")
    deep = tmp_path / "deep"
    for _ in range(300):
        deep /= "d"
    written(deep / "a.txt")
    found = packets(tmp_path)
    assert len(found) == 1001
    assert found["deep"] == ["a.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody who may not read")
def test_unreadable_files_and_folders_are_rows_too(tmp_path, as_nobody):
    tmp_path.chmod(0o755)
    written(tmp_path / "closed.txt").chmod(0)
    written(tmp_path / "shut" / "a.txt")
    (tmp_path / "shut").chmod(0)
    refusals = as_nobody(lambda: {packet.id: read_file(packet.paths[0]).refused for packet in open_packets([tmp_path])})
    assert refusals == {
        "closed": "The file may not be opened by this user: its permissions forbid it.",
        "shut": "The file may not be opened by this user: its permissions forbid it.",
    }
