"""Reads results files of laue-bench."""
