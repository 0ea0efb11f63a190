"""The model file of `Documentation/ModelFormat.md`: reader, total validator and writer.

NumPy and the standard library only, so that it can be used where PyTorch is not installed.
The rules and their order follow the document; the Swift `ModelFile` gives the same verdicts.
"""

from .container import Container, Tensor, read_container
from .errors import ModelFileError
from .validation import Model, validate_bytes, validate_file
from .writer import encode_model, write_model

__all__ = [
    "Container",
    "Model",
    "ModelFileError",
    "Tensor",
    "encode_model",
    "read_container",
    "validate_bytes",
    "validate_file",
    "write_model",
]
