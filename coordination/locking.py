"""Two people with the same form open: the second to save is told, and nobody's work is lost."""

from coordination.models.base import Record


class StaleVersion(Exception):
    """Somebody saved the record after this form was opened."""


def claim_version(record: Record, *, seen: int) -> None:
    """Count the version up if it is still the one `seen`, else raise StaleVersion; call it inside a transaction.

    One UPDATE decides, so of two at the same moment one loses on either database. The row stays locked until the
    transaction ends; `record.save()` then writes the new version and its history.
    """
    rows = type(record)._default_manager.filter(pk=record.pk, version=seen)
    if not rows.update(version=seen + 1):
        raise StaleVersion
    record.version = seen + 1
