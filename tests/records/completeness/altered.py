"""Copies of the audit engine in which one piece of its text says something else; the engine itself is not touched."""

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType

import records.completeness.engine

PACKAGE = records.completeness.engine.__name__


@dataclass(frozen=True)
class Mutant:
    """An engine that does not keep a clause: in a module of it `old`, which stands there once, is `new`."""

    clause: str
    name: str
    module: str
    old: str
    new: str

    def __str__(self):
        return f"{self.clause} {self.name}"

    def alter(self, text: str) -> str:
        times = text.count(self.old)
        assert times == 1, f"{self.module} has {times} times: {self.old}"
        return text.replace(self.old, self.new)


class Loader(SourceFileLoader):
    """Reads a module's file and compiles what the mutant makes of it, past all that is kept of compiled modules."""

    def __init__(self, name: str, path: str, mutant: Mutant):
        super().__init__(name, path)
        self.mutant = mutant

    def get_code(self, fullname: str):
        text = self.mutant.alter(Path(self.path).read_text())
        return self.source_to_code(text.encode(), f"{self.path} ({self.mutant.name})")


class Finder(MetaPathFinder):
    """Finds the one module that the mutant alters."""

    def __init__(self, mutant: Mutant):
        self.mutant = mutant

    def find_spec(self, fullname: str, path, target=None):
        if fullname != f"{PACKAGE}.{self.mutant.module}":
            return None
        spec = PathFinder.find_spec(fullname, path)
        spec.loader = Loader(fullname, spec.origin, self.mutant)
        return spec


def engine(mutant: Mutant) -> ModuleType:
    """The module of a shard from a copy of the whole engine: its modules import each other by name."""
    parent, name = sys.modules["records.completeness"], PACKAGE.rpartition(".")[2]
    live = modules()
    finder = Finder(mutant)
    sys.meta_path.insert(0, finder)
    for module in live:
        del sys.modules[module]
    try:
        return import_module(f"{PACKAGE}.shard")
    finally:
        sys.meta_path.remove(finder)
        for module in modules():
            del sys.modules[module]
        sys.modules.update(live)
        setattr(parent, name, live[PACKAGE])


def modules() -> dict[str, ModuleType]:
    return {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{PACKAGE}.")}
