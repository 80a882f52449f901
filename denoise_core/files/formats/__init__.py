"""One module for each file format, which reads and writes it."""
