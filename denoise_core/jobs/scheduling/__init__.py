"""Which run starts when and where, and what becomes of it: queue, supervisor, processes."""
