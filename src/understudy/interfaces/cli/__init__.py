"""The command line: a client of the running agent's API. Starts fast: commands are imported when named."""
