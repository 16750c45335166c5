"""Sheets people exchange as Excel files: declared, printed, read, checked, written in bulk with their history."""
