"""The two times of a record: what a surveyor would have found on a day, and what was known then."""
