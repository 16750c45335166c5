"""Password hashing with measured cost."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class MeasuredArgon2(Argon2PasswordHasher):
    """OWASP's minimum (19 MiB, 2 passes, 1 lane): about 35 ms of CPU, so that 500 people can sign in on deadline day.

    The stock parameters (100 MiB, 8 lanes) take about 320 ms each.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1
