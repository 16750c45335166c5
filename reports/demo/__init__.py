"""Sample data: real facts of public texts, and synthetic records of two provinces that became one, marked as samples.

Everything has fixed days and comes from data/demo/*.csv and a random generator with a fixed seed: loading it again
changes nothing.
"""
