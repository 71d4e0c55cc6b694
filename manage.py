#!/usr/bin/env python
"""The one door for people at a terminal: `manage.py up` starts everything, `manage.py help` lists the rest."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himdept.settings")
    from himdept.runtime import lease

    with lease.for_command(sys.argv):
        from django.core.management import execute_from_command_line

        from himdept.runtime.readiness import see_that_database_is_prepared

        see_that_database_is_prepared(sys.argv, say=lambda sentence: print(sentence, file=sys.stderr, flush=True))
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
