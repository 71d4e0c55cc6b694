#!/usr/bin/env python
"""The one door for people at a terminal: `manage.py up` starts everything, `manage.py help` lists the rest."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himdept.settings")
    from himdept.runtime import lease

    with lease.for_command(sys.argv):
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
