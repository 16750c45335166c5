"""Mail goes out as background work: asked for in the transaction of what it tells, sent by a worker.

A worker that dies between sending and storing sends once more: a mail twice is better than none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Any

from django.core.mail import send_mail

from coordination.jobs import Store, enqueue, handles
from coordination.models import Job

KIND = "mail"


def send_later(*, to: str, subject: str, body: str, about: str) -> Job:
    """Plain text. While a mail to the address `about` the same thing waits, no second one is written."""
    key = sha256(f"{about}\n{to}".encode()).hexdigest()
    return enqueue(KIND, key, {"to": to, "subject": subject, "body": body})


@handles(KIND)
@contextmanager
def send(job: Job) -> Iterator[Store]:
    send_mail(job.payload["subject"], job.payload["body"], None, [job.payload["to"]])
    yield partial(_forget, job)


def _forget(job: Job) -> dict[str, Any]:
    """What was sent is not kept: a link to set a password opens an account."""
    Job.objects.filter(pk=job.pk).update(payload={})
    return {}
