"""How far a cycle of a credential has come, against the rule in force when it began: a pure function."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Asked:
    """What a rule asks of a whole cycle; `minimums` by domain."""

    units: Decimal
    in_domains_percent: Decimal = Decimal(0)
    from_issuer_percent: Decimal = Decimal(0)
    minimums: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Learnt:
    units: Decimal
    domain: str = ""
    from_issuer: bool = False


@dataclass(frozen=True)
class Line:
    """One thing that is asked: `of` names it ("units", "domains", "issuer", or a domain with a minimum of its own)."""

    of: str
    asked: Decimal
    counted: Decimal

    @property
    def is_met(self) -> bool:
        return self.counted >= self.asked

    @property
    def missing(self) -> Decimal:
        return max(self.asked - self.counted, Decimal(0))


def progress(asked: Asked, learnt: Iterable[Learnt]) -> list[Line]:
    """What is asked and what counts toward it: all units first, then its shares, then each domain by name."""
    by_domain: dict[str, Decimal] = defaultdict(Decimal)
    total = from_issuer = Decimal(0)
    for one in learnt:
        total += one.units
        by_domain[one.domain] += one.units
        from_issuer += one.units if one.from_issuer else 0
    lines = [Line("units", asked.units, total)]
    if asked.in_domains_percent:
        in_domains = total - by_domain[""]
        lines.append(Line("domains", asked.units * asked.in_domains_percent / 100, in_domains))
    if asked.from_issuer_percent:
        lines.append(Line("issuer", asked.units * asked.from_issuer_percent / 100, from_issuer))
    return [*lines, *(Line(name, units, by_domain[name]) for name, units in sorted(asked.minimums.items()))]
