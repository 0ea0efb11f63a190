"""Training of the models of affectd: corpora, protocols, features, networks, export, cards."""

__version__ = "0.1.0"
