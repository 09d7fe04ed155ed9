"""Writes small models of Keras with random weights, an input and Keras' output for each.

    KERAS_BACKEND=jax    python keras_files.py FOLDER [NAMES...]   Keras 3: NAME.keras or NAME-k3.h5
    KERAS_BACKEND=theano python keras_files.py FOLDER [NAMES...]   Keras 1.2.2 or 2.3.1: NAME-k1.h5, NAME-k2.h5

and for each file NAME.npz with "input", maybe "input_2", and "output", as Keras has them; of all, or of those named.
"""
import os
import sys

import numpy as np

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from keras import layers as L
from keras.models import Sequential

GENERATION = int(keras.__version__[0])
FOLDER = sys.argv[1]
RANDOM = np.random.RandomState(7)


def randomize(model):
    values = []
    for name, w in zip(names(model), model.get_weights()):
        if w.dtype.kind != "f" or w.dtype.itemsize < 4:
            values.append(w)
            continue
        x = RANDOM.uniform(-0.5, 0.5, w.shape)
        if "variance" in name or "running_std" in name:
            x = np.abs(x) + 0.5
        values.append(x.astype("float32"))
    model.set_weights(values)


def names(model):
    """In the order of get_weights, which is that of the layers before Keras 3."""
    owners = [model] if GENERATION == 3 else model.layers
    return [(getattr(w, "path", None) or w.name or "") for owner in owners for w in owner.weights]


def save(name, model, shape, integers=None, kind="keras", more=()):
    """more: shapes of further inputs"""
    if sys.argv[2:] and name not in sys.argv[2:]:
        return
    RANDOM.seed(sum(map(ord, name)))
    randomize(model)
    if integers:
        x = RANDOM.randint(0, integers, (2,) + shape).astype("float32")
    else:
        x = RANDOM.uniform(-1, 1, (2,) + shape).astype("float32")
    xs = [x] + [RANDOM.uniform(-1, 1, (2,) + s).astype("float32") for s in more]
    y = np.asarray(model.predict(xs if more else x, **({"verbose": 0} if GENERATION > 1 else {})))
    if GENERATION == 3:
        file = name + (".keras" if kind == "keras" else "-k3.h5")
    else:
        file = "%s-k%d.h5" % (name, GENERATION)
    path = os.path.join(FOLDER, file)
    if os.path.exists(path):
        os.remove(path)
    model.save(path, **({"include_optimizer": False} if GENERATION == 2 else {}))
    named = {"input" + ("_%d" % (i + 1) if i else ""): a for i, a in enumerate(xs)}
    np.savez(path.rsplit(".", 1)[0] + ".npz", output=y, **named)
    print(file, y.shape)


def seq(*layers):
    model = Sequential()
    for layer in layers:
        model.add(layer)
    return model


def keras3():
    def one(name, shape, *layers, **options):
        save(name, seq(keras.Input(shape), *layers), shape, **options)

    for kind in ("keras", "h5"):
        one("mnist", (12, 12, 1), L.Conv2D(4, 3, activation="relu"), L.MaxPooling2D(2),
            L.Conv2D(6, (3, 2), padding="same", strides=2), L.BatchNormalization(), L.ReLU(),
            L.Dropout(0.2), L.Flatten(), L.Dense(7, activation="elu"), L.Dense(3, activation="softmax"),
            kind=kind)
        one("bilstm", (5, 3), L.Bidirectional(L.LSTM(4, return_sequences=True)),
            L.Bidirectional(L.GRU(3)), L.Dense(2), kind=kind)
    one("conv1d", (9, 3), L.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="tanh"),
        L.Conv1D(6, 4, padding="same", groups=2), L.SeparableConv1D(5, 3, padding="same"),
        L.MaxPooling1D(3, strides=2, padding="same"), L.AveragePooling1D(2, padding="same"), L.Flatten(),
        L.LeakyReLU(), L.Dense(2))
    one("conv3d", (5, 6, 4, 2), L.Conv3D(3, (3, 2, 2), padding="same"), L.AveragePooling3D(2, padding="same"),
        L.Conv3DTranspose(2, 2, strides=2), L.MaxPooling3D(2), L.GlobalAveragePooling3D())
    one("depthwise", (9, 8, 3), L.DepthwiseConv2D(3, depth_multiplier=2, padding="same", strides=2),
        L.SeparableConv2D(5, 3, depth_multiplier=2, activation="silu"), L.GlobalMaxPooling2D(), L.Dense(2))
    for k, s in ((2, 2), (3, 2), (4, 2), (2, 3), (3, 1), (5, 2)):
        for padding in ("same", "valid"):
            one("transposed-%d-%d-%s" % (k, s, padding), (4, 5, 2),
                L.Conv2DTranspose(3, k, strides=s, padding=padding))
    one("transposed1d", (6, 2), L.Conv1DTranspose(3, 3, strides=2, padding="same"))
    for k, s in ((2, 2), (3, 2), (3, 1), (2, 1), (4, 3), (4, 1)):
        one("samepool-%d-%d" % (k, s), (7, 6, 2), L.Conv2D(2, 1), L.AveragePooling2D(k, strides=s, padding="same"),
            L.MaxPooling2D(k, strides=s, padding="same"))
    one("embedding", (6,), L.Embedding(11, 4), L.GRU(5, return_sequences=True), L.LSTM(3), L.Dense(2),
        integers=11)
    one("gru", (5, 3), L.GRU(4, reset_after=False, return_sequences=True),
        L.GRU(3, reset_after=True, return_sequences=True, use_bias=False), L.SimpleRNN(3, return_sequences=True),
        L.LSTM(3, go_backwards=True, return_sequences=True),
        L.LSTM(4, activation="softsign" if False else "sigmoid", recurrent_activation="hard_sigmoid"))
    for mode in ("sum", "mul", "ave"):
        one("bi-" + mode, (4, 3), L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=mode),
            L.Bidirectional(L.GRU(2, reset_after=False), merge_mode=mode))
    one("norms", (4, 4, 8), L.LayerNormalization(), L.GroupNormalization(4), L.BatchNormalization(scale=False),
        L.PReLU(shared_axes=[1, 2]), L.Conv2D(3, 2), L.LayerNormalization(center=False))
    one("norm1d", (5, 4), L.BatchNormalization(), L.LayerNormalization(), L.Conv1D(3, 2),
        L.BatchNormalization(center=False), L.GlobalMaxPooling1D(), L.BatchNormalization(), L.Dense(2))
    one("activations", (10,), L.Dense(6, activation="gelu"), L.Dense(6, activation="hard_sigmoid"),
        L.Dense(6, activation="softplus"), L.Dense(6, activation="mish"), L.Dense(6, activation="leaky_relu"),
        L.Dense(6, activation="relu6"), L.Dense(6, activation="hard_silu"), L.Dense(6, activation="exponential"),
        L.ELU(0.7), L.ReLU(max_value=1.5), L.Dense(4), L.Softmax(), L.Dense(3, activation="sigmoid"))
    one("selu", (10,), L.Dense(6, activation="selu"), L.Activation("selu"), L.Dense(3))
    one("shapes", (6, 4, 3), L.ZeroPadding2D(((1, 0), (2, 1))), L.Cropping2D(((0, 1), (1, 0))),
        L.UpSampling2D(2), L.UpSampling2D((1, 2), interpolation="bilinear"), L.Permute((2, 1, 3)),
        L.Conv2D(2, 3), L.Reshape((-1, 4)), L.Dense(3), L.Conv1D(2, 3), L.Flatten(), L.RepeatVector(3), L.LSTM(2))
    one("rescaled", (6, 6, 1), L.Rescaling(1 / 3.0, offset=-0.5), L.Conv2D(2, 3), L.Flatten(), L.BatchNormalization(),
        L.Dense(2))

    x = keras.Input((8, 8, 3))
    a = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    b = L.Conv2D(4, 1)(x)
    s = L.Add()([a, b])
    p = L.Concatenate()([s, L.MaxPooling2D(3, strides=1, padding="same")(s), L.Multiply()([a, b])])
    f = L.Flatten()(p)
    g = L.GlobalAveragePooling2D()(p)
    d = L.Dense(6, activation="relu")(f)
    shared = L.Dense(6)
    y = L.Average()([shared(d), shared(L.Dense(6)(g))])
    y = L.Concatenate()([y, L.Subtract()([d, shared(y)])])
    save("branches", keras.Model(x, L.Dense(3, activation="softmax")(y)), (8, 8, 3))
    save("branches", keras.Model(x, L.Dense(3, activation="softmax")(y)), (8, 8, 3), kind="h5")

    x = keras.Input((6, 6, 2))
    scale = L.GlobalAveragePooling2D(keepdims=True)(x)
    scale = L.Conv2D(2, 1, activation="sigmoid")(scale)
    y = L.Multiply()([x, scale])
    inner = seq(keras.Input((6, 6, 2)), L.Conv2D(3, 3), L.BatchNormalization(), L.ReLU())
    z = L.Flatten()(inner(y))
    w = L.Flatten()(L.Conv2D(1, 3)(y))
    y = L.Concatenate()([z, w])
    save("nested", keras.Model(x, L.Dense(2)(y)), (6, 6, 2))
    save("nested", keras.Model(x, L.Dense(2)(y)), (6, 6, 2), kind="h5")
    x = keras.Input((None, None, 2))
    y = L.Conv2D(3, 3, strides=2, padding="same")(x)
    y = L.MaxPooling2D(3, strides=2, padding="same")(y)
    save("open", keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(y))), (9, 10, 2))
    for kind in ("keras", "h5"):
        a, b = keras.Input((6, 5, 2)), keras.Input((3,))
        y = L.Concatenate()([L.Flatten()(L.Conv2D(3, 3)(a)), L.Dense(4, activation="tanh")(b)])
        save("inputs", keras.Model([a, b], L.Dense(2)(y)), (6, 5, 2), kind=kind, more=[(3,)])
        a, b = keras.Input((4, 6)), keras.Input((3, 6))
        y = L.MultiHeadAttention(2, 3, value_dim=4, dropout=0.1)(a, a)
        y = L.LayerNormalization()(L.Add()([a, y]))
        y = L.MultiHeadAttention(1, 5, output_shape=3, use_bias=False)(query=y, value=b, key=b)
        save("attention", keras.Model([a, b], L.Dense(2)(y)), (4, 6), kind=kind, more=[(3, 6)])
    a, b = keras.Input((6, 4, 2)), keras.Input((6, 4, 2))
    y = L.Conv2D(3, 2)(L.Concatenate(axis=1)([L.Add()([a, b]), b]))
    save("sum-inputs", keras.Model([b, a], y), (6, 4, 2), more=[(6, 4, 2)])
    keras.config.set_image_data_format("channels_last")
    unknown = seq(keras.Input((6, 4)), L.MultiHeadAttention(1, 2) if False else L.UnitNormalization(),
                  L.Masking(), L.Conv1D(2, 2, activation="softsign"))
    if not sys.argv[2:]:
        unknown.save(os.path.join(FOLDER, "unknown.keras"))


def keras12():
    new = GENERATION == 2
    conv = (lambda n, k, **o: L.Conv2D(n, (k, k), **o)) if new else (
        lambda n, k, **o: L.Convolution2D(n, k, k, **o))
    same = {"padding": "same"} if new else {"border_mode": "same"}
    two = {"strides": (2, 2)} if new else {"subsample": (2, 2)}

    def first(layer_format, shape):
        key = "data_format" if new else "dim_ordering"
        return {key: layer_format, "input_shape": shape}

    for tag, fmt, shape in (("first", "channels_first" if new else "th", (2, 9, 8)),
                            ("last", "channels_last" if new else "tf", (9, 8, 2))):
        key = {"data_format" if new else "dim_ordering": fmt}
        axis = 1 if tag == "first" else -1
        save("conv-" + tag, seq(conv(4, 3, activation="relu", input_shape=shape, **key),
                                L.BatchNormalization(axis=axis),
                                L.MaxPooling2D((2, 2), **key), conv(3, 3, **dict(same, **key)), L.Flatten(),
                                L.Dense(6, activation="hard_sigmoid"), L.Dropout(0.3),
                                L.Dense(3, activation="softmax")), shape)
        save("strided-" + tag, seq(conv(3, 3, input_shape=shape, **dict(dict(same, **two), **key)),
                                   conv(2, 2, **dict(same, **key)), L.AveragePooling2D((2, 2), **key)), shape)
    units = (lambda n: {"units": n}) if new else (lambda n: {"output_dim": n})
    save("lstm", seq(L.Embedding(9, 4, input_length=5), L.LSTM(return_sequences=True, **units(3)),
                     L.GRU(**units(4)), L.Dense(2)), (5,), integers=9)
    save("rnn", seq(L.Bidirectional(L.LSTM(return_sequences=True, **units(3)), input_shape=(5, 2)),
                    L.TimeDistributed(L.Dense(3)), L.SimpleRNN(**units(2))), (5, 2))
    if new:
        save("lstm-sigmoid", seq(L.LSTM(3, recurrent_activation="sigmoid", input_shape=(4, 2))), (4, 2))
        save("gru-after", seq(L.GRU(3, recurrent_activation="sigmoid", reset_after=True, input_shape=(4, 2))), (4, 2))
        x = L.Input((6, 6, 2))
        a = L.Conv2D(3, 3, padding="same")(x)
        y = L.Concatenate()([L.Add()([a, L.Conv2D(3, 1)(x)]), a])
        y = L.Dense(2)(L.Flatten()(y))
        save("branches", keras.models.Model(x, y), (6, 6, 2))
        a, b = L.Input((6, 5, 2)), L.Input((3,))
        y = L.Concatenate()([L.Flatten()(L.Conv2D(3, 3)(a)), L.Dense(4, activation="tanh")(b)])
        save("inputs", keras.models.Model([a, b], L.Dense(2)(y)), (6, 5, 2), more=[(3,)])
        save("conv1d", seq(L.Conv1D(3, 3, input_shape=(7, 2)), L.MaxPooling1D(2), L.Flatten(), L.Dense(2)), (7, 2))
        save("conv3d", seq(L.Conv3D(3, 2, input_shape=(4, 5, 3, 2)), L.Flatten(), L.Dense(2)), (4, 5, 3, 2))
        save("transposed", seq(L.Conv2DTranspose(3, 3, strides=(2, 2), padding="valid", input_shape=(4, 4, 2))),
             (4, 4, 2))
        for layer in ("DepthwiseConv2D", "SeparableConv2D"):
            try:
                o = {} if layer[0] == "D" else {"filters": 3}
                save(layer.lower(), seq(getattr(L, layer)(kernel_size=(3, 3), input_shape=(6, 6, 2), **o)), (6, 6, 2))
            except Exception as e:
                print(layer, "not with this backend:", str(e)[:80])
    else:
        save("conv1d", seq(L.Convolution1D(3, 3, input_shape=(7, 2)), L.MaxPooling1D(2), L.Flatten(), L.Dense(2)),
             (7, 2))
        from keras.layers import Input, merge
        x = Input((6, 6, 2))
        a = L.Convolution2D(3, 3, 3, border_mode="same", dim_ordering="tf")(x)
        b = L.Convolution2D(3, 1, 1, dim_ordering="tf")(x)
        y = merge([merge([a, b], mode="sum"), a], mode="concat", concat_axis=-1)
        save("branches", keras.models.Model(x, L.Dense(2)(L.Flatten()(y))), (6, 6, 2))
        a, b = Input((6, 5, 2)), Input((3,))
        y = merge([L.Flatten()(L.Convolution2D(3, 3, 3, dim_ordering="tf")(a)), L.Dense(4)(b)], mode="concat")
        save("inputs", keras.models.Model([a, b], L.Dense(2)(y)), (6, 5, 2), more=[(3,)])


def int8():
    """Quantized weights; "output" is Keras' with the floats that they stand for, "own" that of its 8-bit arithmetic."""
    inner = [L.Embedding(7, 4), L.Flatten(), L.Dense(5, activation="relu"), L.Dense(3, use_bias=False)]
    model = seq(keras.Input((3,)), *inner)
    randomize(model)
    x = RANDOM.randint(0, 7, (4, 3)).astype("float32")
    floats = keras.models.clone_model(model)
    model.quantize("int8")
    for layer, plain in zip(model.layers, floats.layers):
        if isinstance(layer, L.Embedding):
            rows = np.asarray(layer.embeddings_scale).reshape(-1, 1)
            plain.set_weights([np.asarray(layer._embeddings) / rows])
        elif isinstance(layer, L.Dense):
            kernel = np.asarray(layer._kernel) / np.asarray(layer.kernel_scale)
            plain.set_weights([kernel] + ([np.asarray(layer.bias)] if layer.use_bias else []))
    model.save(os.path.join(FOLDER, "int8.keras"))
    np.savez(os.path.join(FOLDER, "int8.npz"), input=x, output=floats.predict(x, verbose=0), own=model.predict(x, verbose=0))


if __name__ == "__main__":
    if GENERATION == 3 and ("int8" in sys.argv[2:] or len(sys.argv) == 2):
        int8()
    if sys.argv[2:] != ["int8"]:
        (keras3 if GENERATION == 3 else keras12)()
