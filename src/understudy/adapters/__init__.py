"""What touches the world: each adapter keeps a port and turns what is missing into a capability."""
