"""Files to pages: ``open_packets`` says which files make a packet, ``read_file`` reads one of them.

Every page gets exactly one state with its reason: ``text`` (its own words were taken), ``ocr``, ``blank``,
``needs_person`` (what could be read is there, but must be checked), ``refused``.
"""

from extract.read.door import open_packets
from extract.read.file import check_tools, read_file, unread_file
from extract.read.geometry import upright_box

__all__ = ["check_tools", "open_packets", "read_file", "unread_file", "upright_box"]
