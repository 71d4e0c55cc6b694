"""Engines that each break a clause of docs/completeness.md, by its number and by what they do."""

from tests.records.completeness.mutants.again import AGAIN
from tests.records.completeness.mutants.occasions import OCCASIONS
from tests.records.completeness.mutants.records import RECORDS
from tests.records.completeness.mutants.verdicts import VERDICTS
from tests.records.completeness.mutants.whom import WHOM

MUTANTS = (*WHOM, *OCCASIONS, *VERDICTS, *RECORDS, *AGAIN)
