#!/usr/bin/env python3
"""Writes small networks as Keras exports them, with the logits that ONNX Runtime gives.

    python3 generate_keras.py      needs numpy, onnx, onnxruntime, tensorflow-cpu and tf2onnx;
                                   versions are written beside the cases

Keras has channels last; `Model.export(format="onnx")` goes through tf2onnx, which brings them to
the front by transpositions and reshapes. The networks have random weights; nothing was trained.
"""

import os
import pathlib
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import onnx
import onnxruntime
import tensorflow
import tf2onnx
from generate import CHANNELS, LABELS, write
from keras import layers


def image() -> keras.Model:
    """Image [N, T, F, 1]: residual block, depthwise and separable convolutions, both pools."""
    x = given = keras.Input((None, CHANNELS, 1), name="x")
    x = layers.Conv2D(6, 3, strides=(1, 2), padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    stem = x = layers.ReLU()(x)
    x = layers.Conv2D(6, (3, 5), padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU(max_value=6)(layers.Add()([stem, x]))
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    high = layers.MaxPooling2D(2)(x)
    mean = layers.AveragePooling2D(2)(x)
    x = layers.Concatenate()([high, mean])
    x = layers.SeparableConv2D(8, 3, padding="same", activation="relu")(x)
    x = layers.SpatialDropout2D(0.2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.3)(x)
    return keras.Model(given, layers.Dense(LABELS, activation="softmax")(x))


def rows() -> keras.Model:
    """Image [N, T, F, 1]: a mean over time, the frequencies kept up to the end."""
    x = given = keras.Input((None, CHANNELS, 1), name="x")
    x = layers.BatchNormalization()(x)
    x = layers.Conv2D(4, (3, 5), padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = keras.ops.mean(x, axis=1)
    x = layers.Reshape((4 * CHANNELS,))(x)
    x = layers.Dense(7, activation="relu")(x)
    return keras.Model(given, layers.Dense(LABELS)(x))


def sequence() -> keras.Model:
    """Sequence [N, T, C]: convolutions in time, normalised behind their activations."""
    x = given = keras.Input((None, CHANNELS), name="x")
    x = layers.Conv1D(8, 5, padding="same", activation="relu")(x)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.SeparableConv1D(12, 3, padding="same", activation="relu")(x)
    x = layers.AveragePooling1D(2)(x)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(given, layers.Dense(LABELS)(x))


def exported(model: keras.Model) -> onnx.ModelProto:
    """What Keras writes; biases and normalisations are made random first, not 0 and 1."""
    shift = keras.random.SeedGenerator(6)
    for layer in model.layers:
        for variable in layer.weights:
            name = variable.name
            if name in ("bias", "beta", "moving_mean"):
                low, high = -0.5, 0.5
            elif name in ("gamma", "moving_variance"):
                low, high = 0.5, 1.5
            else:
                continue
            variable.assign(keras.random.uniform(variable.shape, low, high, seed=shift))
    # Keras exports only what was called before.
    model(keras.ops.zeros((1, 20, *model.input_shape[2:])))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "m.onnx")
        model.export(path, format="onnx", verbose=False)
        return onnx.load(path)


def main() -> int:
    keras.utils.set_random_seed(5)
    networks = {
        "keras-image": (exported(image()), "NTFC"),
        "keras-rows": (exported(rows()), "NTFC"),
        "keras-sequence": (exported(sequence()), "NTC"),
    }
    versions = {
        "keras": keras.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "tensorflow": tensorflow.__version__,
        "tf2onnx": tf2onnx.__version__,
    }
    write("keras-cases.json", versions, networks, 10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
