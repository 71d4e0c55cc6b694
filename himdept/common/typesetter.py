"""The typesetter's own process: `python typesetter.py REPORT.json OUT.pdf TIME FOLDER TEMPLATE`.

It is started by himdept.common.typesetting, knows nothing of Django, the database or the environment, and may use only
so much memory: what is too long for that ends here, and nothing else does.
"""

import resource
import sys
from datetime import datetime
from pathlib import Path

MOST_MEMORY = 2 * 1024**3  # of addresses
OUT_OF_MEMORY = "It does not fit into memory."


def compile_pdf(report: bytes, folder: Path, at: datetime, template: str = "report") -> bytes:
    """PDF/UA-1 if the typesetter vouches for it, else tagged without that promise.

    It does not where no font of the machine has a letter that occurs.
    """
    import typst

    given = {"main.typ": (folder / f"templates/typst/{template}.typ").read_bytes(), "report.json": report}
    always = {"format": "pdf", "font_paths": [str(folder / "static/vendor/inter-ui")], "timestamp": int(at.timestamp())}
    try:
        return typst.compile(given, pdf_standards=["ua-1"], **always)
    except typst.TypstError:
        return typst.compile(given, **always)


def main(report: str, made: str, at: str, folder: str, template: str):
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what it held tells of patients, and stays off the disk
    try:
        pdf = compile_pdf(Path(report).read_bytes(), Path(folder), datetime.fromisoformat(at), template)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    Path(made).write_bytes(pdf)


if __name__ == "__main__":
    main(*sys.argv[1:])
