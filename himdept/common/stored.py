"""Files that the program keeps for itself, under MEDIA_ROOT."""

import hashlib

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile


def private_storage() -> FileSystemStorage:
    """Under MEDIA_ROOT, for the program's own eyes: no address leads there, and no other user of the machine."""
    return FileSystemStorage(file_permissions_mode=0o600, directory_permissions_mode=0o700)


def is_as_kept(file: FieldFile, sha256: str) -> bool:
    """Whether the file is there and still the one that was kept."""
    try:
        with file.storage.open(file.name, "rb") as kept:
            return hashlib.file_digest(kept, "sha256").hexdigest() == sha256
    except OSError:
        return False
