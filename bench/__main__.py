"""`make bench`: the promises of speed, measured on the temporary PostgreSQL of DATABASE_URL.

Prints a table and writes out/bench.json. Ends with 0 also when a promise is not kept: machines differ, and the table
says so. `ARGS="--sizes 20000,100000 --rounds 3"` measures a part.
"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()
    from bench.run import main

    sys.exit(main(sys.argv[1:]))
