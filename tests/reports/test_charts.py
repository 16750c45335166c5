"""Numbers of a chart are those of the table beside it."""

from decimal import Decimal

import pytest

from coordination.formats import number_vi
from reports.compose.charts import one_decimal


@pytest.mark.once
@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(49, 400, "12,3"), (1, 16, "6,3"), (71, 112, "63,4"), (1, 1, "100,0")]
)
def test_share_is_rounded_as_in_the_table(part, whole, shown):
    share = Decimal(part) * 100 / whole
    assert (number_vi(one_decimal(share), 1), number_vi(share, 1)) == (shown, shown)
