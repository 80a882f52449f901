"""Text on its way to numbers: encoding, delimiter, header, cells."""
