"""The local API: a typed table of routes behind one guard, on a loopback socket that sleeps."""
