"""Who was there before there were personnel actions is taken over by 0027: then an action can say all of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("staff", "0011_personnel_actions")]
    operations = []
