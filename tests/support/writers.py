"""Writers for the test of backups: threads that each write an organisation, a file and an audit event at once.

Run as a module: `python -m tests.support.writers THREADS STOP_FILE`; prints "writing" once all are at it.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from praxis.foundation.audit import services as audit  # noqa: E402
from praxis.foundation.files import services as files  # noqa: E402
from praxis.foundation.people.models import Organisation  # noqa: E402


def write(number: int, stop: Path, under_way: threading.Barrier) -> None:
    done = 0
    pause = threading.Event()
    while not stop.exists():
        with transaction.atomic():
            organisation = Organisation.objects.create(names={"en": f"Writer {number}, {done}"})
            file = files.store_product(
                f"{number}-{done}.bin", "application/octet-stream", f"{number}-{done}".encode() * 50
            )
            audit.append(audit.SYSTEM, edition_id=None, action="test.write", obj=organisation)
        # Some files go again, together with their organisation.
        if done % 5 == 4:
            with transaction.atomic():
                files.delete(file)
                organisation.delete()
        if done == 2:
            under_way.wait()
        done += 1
        pause.wait(0.01)
    connection.close()


def main(threads: int, stop: Path) -> None:
    under_way = threading.Barrier(threads + 1)
    writers = [threading.Thread(target=write, args=(number, stop, under_way)) for number in range(threads)]
    for writer in writers:
        writer.start()
    under_way.wait(timeout=60)
    print("writing", flush=True)
    for writer in writers:
        writer.join()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
