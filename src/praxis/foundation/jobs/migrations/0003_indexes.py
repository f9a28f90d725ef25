"""Indexes that serve statements with bound values: partial ones did not, and every job was sought among all."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_job_handle")]

    operations = [
        migrations.RemoveIndex("job", "jobs_job_ready"),
        migrations.RemoveIndex("job", "jobs_job_leased"),
        migrations.AddIndex("job", models.Index(fields=["state", "-priority", "run_after", "id"], name="jobs_job_next")),
        migrations.AddIndex("job", models.Index(fields=["state", "lease_until"], name="jobs_job_lease")),
        migrations.AddIndex("job", models.Index(fields=["key", "-id"], name="jobs_job_key")),
    ]
