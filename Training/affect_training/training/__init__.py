"""Training loops; this package imports PyTorch."""
