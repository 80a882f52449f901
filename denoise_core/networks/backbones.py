"""The table of backbones. One class and one row add another.

A backbone is built as ``Backbone(in_features, config.model, span=window_length)`` and maps (batch, length, in_features) to
(batch, length, hidden_size); output t sees inputs 0..t only, to the last bit. Where it cannot look back without limit, its
attribute `span` says how many inputs it sees: ``t - span + 1 .. t``. Windows may be longer or shorter than in training.
"""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from denoise_core.networks.mingru import MinGRUBackbone
from denoise_core.networks.recurrent import GRUBackbone, LSTMBackbone
from denoise_core.networks.tcn import TCNBackbone
from denoise_core.networks.transformer import TransformerBackbone

BACKBONES: dict[str, Callable[..., nn.Module]] = {
    "lstm": LSTMBackbone,
    "gru": GRUBackbone,
    "mingru": MinGRUBackbone,
    "tcn": TCNBackbone,
    "transformer": TransformerBackbone,
}
