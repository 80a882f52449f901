"""Signal processing that several rooms share: windows, scaling, prewhitening, resampling, periodicity. Imports no torch."""
