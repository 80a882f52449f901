"""The table of backbones. One class and one row add another.

Built as ``Backbone(in_features, config.model, span=window_length)``, a backbone maps (batch, length, in_features) to
(batch, length, hidden_size); output t sees inputs 0..t only, to the last bit. Where it cannot look further back than some samples,
its attribute `span` says how many.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from denoise_core.networks.recurrent import LSTMBackbone

BACKBONES: dict[str, Callable[..., nn.Module]] = {"lstm": LSTMBackbone}
