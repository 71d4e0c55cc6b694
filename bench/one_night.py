"""One night that finds everything due, in the database that DATABASE_URL names: `python -m bench.one_night`.

A process of its own, for Django speaks to one database as its own. Prints the seconds as JSON.
"""

import argparse
import json
import os
from datetime import datetime

import django


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", type=datetime.fromisoformat, required=True, help="the last night")
    parser.add_argument("--as-of", type=datetime.fromisoformat, required=True)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himdept.settings")
    django.setup()
    from django.db import connections

    from bench import engine

    with engine.running() as program:
        program.night(arguments.before)  # nothing is due: the workers warm up, as those of the whole hospital are
        with connections["owner"].cursor() as cursor:
            cursor.execute("INSERT INTO records_due (record_id) SELECT encounter_id FROM records_record ORDER BY 1")
            cursor.execute("ANALYZE records_due")
        print(json.dumps({"seconds": program.night(arguments.as_of).seconds}))


if __name__ == "__main__":
    main()
