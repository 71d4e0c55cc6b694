"""A second, independent reading of docs/completeness.md, against which the audit engine is held."""
