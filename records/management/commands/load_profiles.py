from django.core.management.base import BaseCommand

from records.completeness import requirements
from records.inventory import catalogue


class Command(BaseCommand):
    help = "Load the document types and rule profiles that come with the program; what is there already stays."

    def handle(self, *args, **options):
        catalogue.load()
        for profile in requirements.load_profiles():
            self.stdout.write(f"{profile.title}: {profile.requirements.count()} requirements")
