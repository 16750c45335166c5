"""Property tests over rows of a database: a few examples in `make test`, many in `make soak`."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def walks(few, many):
    """A fixture that runs `check(data)` on random data and leaves none behind."""

    @pytest.fixture(params=[few, pytest.param(many, marks=pytest.mark.soak)])
    def walked(request):
        def runner(check):
            @settings(
                max_examples=request.param,
                deadline=None,
                phases=[Phase.explicit, Phase.generate],  # shrinking rows of a database is slow and says little
                suppress_health_check=[
                    HealthCheck.function_scoped_fixture,
                    HealthCheck.too_slow,
                    HealthCheck.data_too_large,
                ],
            )
            @given(st.data())
            def walk(data):
                with transaction.atomic():
                    check(data)
                    transaction.set_rollback(True)

            walk()

        return runner

    return walked
