"""Pretraining of the LSTM: what it is shown, how it is trained; the machinery is that of the instant network's pretraining."""
