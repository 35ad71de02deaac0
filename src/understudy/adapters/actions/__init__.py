"""What Understudy can do on the desktop: one action a file, each ending with `PLUGIN = TheClass`."""
