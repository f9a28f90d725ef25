"""A random name for each job's address, also for those that are there already."""

from django.db import migrations, models

from praxis.foundation.randomness import uuid_hex


def name_all(apps, schema_editor):
    job = apps.get_model("jobs", "Job")
    for key in job.objects.values_list("pk", flat=True).iterator():
        job.objects.filter(pk=key).update(handle=uuid_hex())


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]

    operations = [
        migrations.AddField("job", "handle", models.CharField(default="", max_length=32)),
        migrations.RunPython(name_all, migrations.RunPython.noop),
        migrations.AlterField("job", "handle", models.CharField(default=uuid_hex, max_length=32, unique=True)),
    ]
