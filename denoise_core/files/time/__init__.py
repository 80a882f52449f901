"""Which columns hold the time, and what time axis they make."""
