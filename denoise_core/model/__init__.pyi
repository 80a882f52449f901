from .denoiser import TrainedDenoiser as TrainedDenoiser
from .header import ModelHeader as ModelHeader
from .header import about as about
from .model_file import load as load
from .model_file import save as save
