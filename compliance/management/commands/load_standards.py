from django.core.management.base import BaseCommand

from compliance.crosswalks import library as crosswalks
from compliance.standards import library


class Command(BaseCommand):
    help = "Load the standards that come with the program; an edition that is there stays as it is."

    def handle(self, *args, **options):
        for edition in library.load_all():
            self.stdout.write(f"{edition}: {edition.elements.count()} elements")
        for crosswalk in crosswalks.load_all():
            self.stdout.write(f"{crosswalk}: {crosswalk.rows.count()} rows")
