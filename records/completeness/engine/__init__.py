"""The completeness engine: which records lack what, as of any moment, in set-based SQL.

A shard is one transaction. `charts` lays out the records to be judged as they stood; `rules` composes one statement
per requirement and writes a verdict for each occasion; `settle` compares the verdicts with what is known and writes
the difference with its history; `flags` sums up each record. The clauses are stated in docs/completeness.md and held
row by row to a plain Python evaluator in the tests.
"""
