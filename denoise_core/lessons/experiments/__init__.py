"""The eight lessons, one module each: ``LESSON``, and the functions it is made of."""
