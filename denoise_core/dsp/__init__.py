"""Signal processing that several rooms share: gaps, spectra, autocorrelation, windows, scaling, prewhitening, resampling."""
