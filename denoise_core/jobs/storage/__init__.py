"""What lies on disk: run folders, uploads, the index, and how they are written so that nothing is ever half there."""
