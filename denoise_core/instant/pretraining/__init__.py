"""How the pretrained network came about: its synthetic signals, its architecture, its training."""
