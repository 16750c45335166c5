"""Pages of a long list. Counting stops at a cap, so that page one of three million rows is as quick as of ten."""

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property


class CappedPage(Page):
    @property
    def elided(self):
        """Page numbers to show; gaps are the text `paginator.ELLIPSIS`."""
        return self.paginator.get_elided_page_range(self.number, on_each_side=2, on_ends=1)


class CappedPaginator(Paginator):
    """`count` is at most `settings.COUNT_CAP`; `more` says that the list is longer ("hơn 1.000").

    Rows behind the cap are reached by filters, not by turning a thousand pages. `counted`: how many rows there are,
    where the query that sums them has already said so.
    """

    def __init__(self, object_list, per_page=None, *, counted: int | None = None, **options):
        super().__init__(object_list, per_page or settings.PAGE_SIZE, **options)
        if counted is not None:
            self._counted = counted

    def _get_page(self, *args, **kwargs):
        return CappedPage(*args, **kwargs)

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: settings.COUNT_CAP + 1].count()

    @cached_property
    def count(self) -> int:
        return min(self._counted, settings.COUNT_CAP)

    @property
    def more(self) -> bool:
        return self._counted > settings.COUNT_CAP
