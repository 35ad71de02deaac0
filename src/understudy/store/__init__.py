"""The two databases: the only place that speaks SQL. Knows nothing of engine, detectors or adapters."""
