"""Measurements of speed: each row of the table is a ratio of two things measured in the same run on the same machine.

`uv run -m bench` prints the table; docs/performance.md says what each row means and what was measured.
"""
