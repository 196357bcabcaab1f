"""Multiple-response sets of an SPSS file, which no library at hand writes: a record of its dictionary, by hand."""

import struct

END_OF_DICTIONARY = struct.pack("<ii", 999, 0)


def with_sets(file, *sets):
    """Put sets into an uncompressed or row-compressed .sav: ``with_sets(file, "$langs=D1 1 5 Which? a b")``."""
    text = "".join(f"{line}\n" for line in sets).encode()
    record = struct.pack("<iiii", 7, 7, 1, len(text)) + text
    content = file.read_bytes()
    place = content.index(END_OF_DICTIONARY)
    file.write_bytes(content[:place] + record + content[place:])
    return file
