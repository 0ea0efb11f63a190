"""Figures of a shipped model, measured by the product itself, with plots and a page. No PyTorch."""
