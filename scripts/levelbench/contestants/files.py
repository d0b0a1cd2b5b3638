"""Files of a service, and how they are copied into an image."""

import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

SCRIPTS = ("bin/serve", "bin/worker", "bin/migrate")
"""What a contestant's containers run (services/CONTRACT.md)."""


def source_files(folder: Path) -> dict[str, Path]:
    """Files of a folder without caches, by path."""
    files = {}
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        cached = any(part == "__pycache__" or part.endswith("_cache") for part in parts)
        if path.is_file() and not cached:
            files["/".join(parts)] = path
    return files


def copy_files(files: Mapping[str, Path], folder: Path) -> None:
    """Copy files, by path, into a new folder, with rights that do not depend on the user's umask or
    on how the checkout was unpacked: containers run as another user."""
    folder.mkdir(mode=0o755)
    for path, file in files.items():
        for parent in reversed(Path(path).parents):
            (folder / parent).mkdir(exist_ok=True)
            (folder / parent).chmod(0o755)
        shutil.copy2(file, folder / path)
        (folder / path).chmod(image_mode(path, file))


def image_mode(path: str, file: Path) -> int:
    """Rights of a file in an image. Scripts are run, even if an archive has lost that right."""
    executable = path in SCRIPTS or file.stat().st_mode & stat.S_IXUSR
    return 0o755 if executable or file.read_bytes().startswith(b"#!") else 0o644
