"""The throw-away process that uploaded bytes are parsed in."""
