from .trainer import Trainer as Trainer
from .trainer import fit as fit
from .trainer import train as train
