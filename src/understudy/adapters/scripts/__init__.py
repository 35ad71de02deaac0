"""Runs scripts: the approved bytes, under limits, with every process they start dead at the end."""
