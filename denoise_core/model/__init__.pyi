from .denoiser import TrainedDenoiser as TrainedDenoiser
from .denoiser import load as load
from .header import ModelHeader as ModelHeader
from .header import about as about
