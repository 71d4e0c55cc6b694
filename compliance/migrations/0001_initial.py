import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('records', '0002_promises'),
        ('staff', '0002_main_facility'),
        ('staff', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Night',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='nights', to='staff.facility')),
                ('business_date', models.DateField()),
                ('kind', models.CharField(choices=[('nightly', 'Nightly')], default='nightly', max_length=10)),
                ('due_at', models.DateTimeField()),
                ('as_of', models.DateTimeField(help_text='The moment that it judges; when it begins, it is settled.', null=True)),
                ('state', models.CharField(choices=[('planned', 'Planned'), ('running', 'Running'), ('finished', 'Finished'), ('failed', 'Failed in part'), ('missed', 'Missed')], default='planned', max_length=10)),
                ('caught_up', models.BooleanField(default=False, help_text='It was missed, and begun later than it should.')),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('error', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state__in', ['planned', 'running'])), fields=['due_at'], name='night_under_way')],
                'constraints': [models.UniqueConstraint(fields=('facility', 'business_date', 'kind'), name='one_night_per_date_and_kind'), models.CheckConstraint(condition=models.Q(models.Q(('as_of', None), ('finished_at', None), ('started_at', None), ('state__in', ['planned', 'missed'])), models.Q(('as_of__isnull', False), ('finished_at', None), ('started_at__isnull', False), ('state', 'running')), models.Q(('as_of__isnull', False), ('finished_at__gte', models.F('started_at')), ('finished_at__isnull', False), ('started_at__isnull', False), ('state__in', ['finished', 'failed'])), _connector='OR'), name='night_has_the_times_of_its_state'), models.CheckConstraint(condition=models.Q(('started_at', None), ('started_at__gte', models.F('due_at')), _connector='OR'), name='night_begins_when_it_is_due'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), models.Q(('error', ''), _negated=True)), models.Q(models.Q(('state', 'failed'), _negated=True), ('error', '')), _connector='OR'), name='night_failed_has_an_error'), models.CheckConstraint(condition=models.Q(('caught_up', False), ('started_at__isnull', False), _connector='OR'), name='night_caught_up_was_begun')],
            },
        ),
        migrations.CreateModel(
            name='NightStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('night', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='compliance.night')),
                ('ordinal', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('waiting', 'Waiting for others'), ('finished', 'Finished'), ('failed', 'Failed')], default='queued', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Not before. Waiting is a column, not a message.')),
                ('lease_until', models.DateTimeField(null=True)),
                ('started_at', models.DateTimeField(help_text='The first attempt.', null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('seconds', models.FloatField(default=0, help_text='From the first attempt to the end.')),
                ('error', models.TextField(blank=True, help_text='Of the last attempt that failed.')),
                ('audit', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.auditrun')),
            ],
            options={
                'ordering': ['night', 'ordinal'],
                'constraints': [models.UniqueConstraint(fields=('night', 'ordinal'), name='one_step_per_place_in_a_night'), models.UniqueConstraint(fields=('night', 'name'), name='one_step_per_name_in_a_night'), models.CheckConstraint(condition=models.Q(('attempts__lte', 3)), name='nightstep_attempts_are_capped'), models.CheckConstraint(condition=models.Q(models.Q(('attempts__gte', 1), ('lease_until__isnull', False), ('state', 'running')), models.Q(models.Q(('state', 'running'), _negated=True), ('lease_until', None)), _connector='OR'), name='nightstep_leased_while_it_runs'), models.CheckConstraint(condition=models.Q(models.Q(('finished_at', None), ('state', 'queued')), models.Q(('finished_at', None), ('started_at__isnull', False), ('state__in', ['running', 'waiting'])), models.Q(('finished_at__gte', models.F('started_at')), ('finished_at__isnull', False), ('started_at__isnull', False), ('state__in', ['finished', 'failed'])), _connector='OR'), name='nightstep_has_the_times_of_its_state'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'failed'), _negated=True), models.Q(('error', ''), _negated=True), _connector='OR'), name='nightstep_failed_has_an_error'), models.CheckConstraint(condition=models.Q(('audit', None), ('name', 'audit'), _connector='OR'), name='nightstep_audits_in_its_audit')],
            },
        ),
        migrations.CreateModel(
            name='WorkerSeen',
            fields=[
                ('name', models.CharField(max_length=200, primary_key=True, serialize=False)),
                ('queue', models.CharField(help_text='What it takes its work from; for the clock, “clock”.', max_length=40)),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'verbose_name_plural': 'workers seen',
                'indexes': [models.Index(fields=['queue', '-seen_at'], name='worker_last_of_a_queue')],
            },
        ),
    ]
