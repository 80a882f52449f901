"""A trained network over a series of any length: prediction in windows, posterior, overlap-add. Knows no training."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from denoise_core.config import RunConfig
from denoise_core.errors import SettingsError
from denoise_core.networks import TwoSided
from denoise_core.noise import level
from denoise_core.objectives import posterior, predictive_variance
from denoise_core.scaling import Scaler
from denoise_core.series import Estimate, Floats, Series
from denoise_core.windows import OverlapAdd, frame, taper, window_starts

if TYPE_CHECKING:
    from pathlib import Path

# A window of inference is CORE samples that count, with CONTEXT more on each side so that the networks have settled.
CONTEXT = 512
CORE = 2048
WINDOWS_AT_ONCE = 16


def resolve_device(name: str) -> torch.device:
    """The torch device for "auto", "cuda", "mps" or "cpu".

    Raises
    ------
    SettingsError
        If the named device is not there.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        raise SettingsError([f'training.device = "{name}": this machine has no such device. Choose "auto".'])
    return torch.device(name)


def network_inputs(scaled: Floats) -> Tensor:
    """float32 features (..., IN_FEATURES) of values (...): the value, 0 where missing; and 1 where present, 0 where missing."""
    present = ~np.isnan(scaled)
    return torch.from_numpy(np.stack((np.nan_to_num(scaled), present), axis=-1).astype(np.float32))


@dataclass(frozen=True, kw_only=True)
class TrainedDenoiser:
    """A network with all that it needs to denoise a series like the one it was trained on.

    `noise_sd` is the noise level of the training series, in its unit; `history` holds one (train_loss, valid_loss) per epoch.
    """

    network: TwoSided
    config: RunConfig
    scaler: Scaler
    noise_sd: float
    best_epoch: int = 0
    history: tuple[tuple[float, float], ...] = field(default=(), repr=False)

    def denoise(self, series: Series) -> Estimate:
        """The estimate of the noise-free series and its sd, also within gaps, where it is a prediction.

        The scaling is the one learnt in training; the noise level is measured anew on this series.

        Raises
        ------
        DataError
            If the series has no finite samples or is constant.
        """
        series.check_usable()
        noise_sd = level(series.values) or self.noise_sd
        scaled = self.scaler.apply(series.values)
        noise_variance = (noise_sd / self.scaler.scale) ** 2
        mean, variance = self.predict(scaled, noise_variance)
        x, x_variance = posterior(torch.from_numpy(mean), torch.from_numpy(variance), torch.from_numpy(scaled), noise_variance)
        return Estimate(
            values=self.scaler.invert(x.numpy()),
            sd=x_variance.sqrt().numpy() * self.scaler.scale,
            method=self.config.model.backbone,
            noise_sd=noise_sd,
            settings={"best_epoch": self.best_epoch},
        )

    @torch.inference_mode()
    def predict(self, scaled: Floats, noise_variance: float) -> tuple[Floats, Floats]:
        """Mean and variance of each noisy sample given the others, shape (n,) each, in scaled units.

        Windows overlap by 2 * CONTEXT and are joined where both have settled, so the result does not depend on where they lie.
        """
        n = len(scaled)
        length = min(n, CORE + 2 * CONTEXT)
        starts = window_starts(n, length=length, hop=min(CORE, length))
        weights = taper(length)
        means, variances = OverlapAdd(n, weights), OverlapAdd(n, weights)
        self.network.eval()
        device = next(self.network.parameters()).device
        for first in range(0, len(starts), WINDOWS_AT_ONCE):
            part = starts[first : first + WINDOWS_AT_ONCE]
            mean, log_variance = self.network(network_inputs(frame(scaled, part, length=length)).to(device))
            means.add(mean.cpu().double().numpy(), part)
            variances.add(predictive_variance(log_variance, noise_variance).cpu().double().numpy(), part)
        return means.result(), variances.result()

    def save(self, path: str | Path) -> None:
        """Write a model file; `export.load` reads it."""
        from denoise_core.export import save  # the two rooms know each other only here

        save(self, path)
