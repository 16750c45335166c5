"""What `make` runs. Standard library only, until the virtual environment stands."""
