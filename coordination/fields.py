"""Model fields that keep stored text clean and fill the search and sort columns on every way of writing."""

from collections.abc import Callable
from typing import Any

from django.db import models

from coordination.search import clean_text, one_line


class LineField(models.CharField):
    """One line of text, NFC, blanks squeezed; never NULL."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return one_line(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = one_line(value)
            setattr(model_instance, self.attname, value)
        return value


class ParagraphsField(models.TextField):
    """Plain text with line breaks (blank line = paragraph), NFC; never NULL."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)
        if isinstance(value, str):
            value = clean_text(value)
            setattr(model_instance, self.attname, value)
        return value


class DerivedField(models.TextField):
    """Filled from other fields of the row whenever it is saved, one by one or in bulk: never typed by anybody."""

    def __init__(
        self, *args: Any, sources: tuple[str, ...] = (), derive: Callable[..., str] | None = None, **kwargs: Any
    ):
        self.sources, self.derive = tuple(sources), derive
        kwargs |= {"editable": False, "default": "", "blank": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for added in ("editable", "default", "blank"):
            kwargs.pop(added, None)
        return name, path, args, kwargs

    def clone(self) -> models.Field:
        copy = super().clone()
        copy.sources, copy.derive = self.sources, self.derive
        return copy

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        if not self.derive:
            return super().pre_save(model_instance, add)
        value = self.derive(*(clean_text(getattr(model_instance, source) or "") for source in self.sources))
        setattr(model_instance, self.attname, value)
        return value
