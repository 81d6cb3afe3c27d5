"""The tracer and the node runner: what of the pipeline needs PyTorch (README.md)."""
