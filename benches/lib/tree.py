#!/usr/bin/env python3
"""tree.py FILE.tree FOLDER: makes a machine of files from its text (exporters/pi/fixtures/README.md says the form)."""
import shutil
import sys
from pathlib import Path


def entries(manifest: Path) -> dict[str, tuple[str, list[str]]]:
    """Kind and content of each path; later lines win, those of kind M add to what the same file said of it."""
    found: dict[str, tuple[str, list[str]]] = {}
    own: set[str] = set()
    for line in manifest.read_text().splitlines():
        if line.startswith("INCLUDE "):
            found.update(entries(manifest.parent / line.split()[1]))
        elif line.startswith("DROP "):
            gone = line.split()[1]
            found = {path: entry for path, entry in found.items() if path != gone and not path.startswith(gone + "/")}
        elif line and not line.startswith("#"):
            kind, path, content, _source = line.split(" | ")
            more = found[path][1] if kind == "M" and path in own else []
            found[path] = (kind, [*more, content])
            own.add(path)
    return found


def plant(manifest: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, (kind, lines) in entries(manifest).items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if kind == "L":
            place.symlink_to(lines[0])
        elif kind == "N":
            place.write_bytes(lines[0].replace("\\0", "\0").encode() + b"\0")
        elif kind == "U":
            place.write_bytes(int(lines[0], 0).to_bytes(4, "big"))
        else:
            place.write_text("".join(line + "\n" for line in lines))


if __name__ == "__main__":
    plant(Path(sys.argv[1]), Path(sys.argv[2]))
