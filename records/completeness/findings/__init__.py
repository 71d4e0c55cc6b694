"""Survey findings replayed: charts that surveyors cited, each held to its own policy by the engine of the night.

`cases` reads the files, `charts` puts them into the tables, `replaying` audits them as of the surveyor's visit and
compares. All of it is rolled back: a replay leaves nothing behind.
"""
