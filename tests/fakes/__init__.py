"""Stand-ins for the world behind the ports; each passes the contract tests of the real thing."""
