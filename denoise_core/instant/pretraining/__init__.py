"""Pretraining of the network: its synthetic signals, its architecture, its training."""
