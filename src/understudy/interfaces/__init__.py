"""How people and programs reach Understudy: command line, API, tray. Knows use cases, not what is behind."""
