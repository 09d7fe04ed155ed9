"""ONNX models that tf2onnx makes of Keras in TensorFlow, each with an input and what ONNX Runtime makes of it.

    python onnx_tf.py ../resources/io/bayes4j/imports/onnx

Written with tensorflow-cpu 2.15.1, tf2onnx 1.16.1, onnx 1.15, onnxruntime 1.18.1.
"""
import json, pathlib, sys
import numpy as np, onnx, onnxruntime, tensorflow as tf, tf2onnx
from tensorflow import keras
from tensorflow.keras import Input, Sequential, layers as L

OUT = pathlib.Path(sys.argv[1])


def numbers(a):
    return dict(shape=list(a.shape), data=[float(f"{v:.9g}") for v in np.asarray(a, np.float64).flatten()])


def save(name, model, shape, opset, integers=None):
    random = np.random.default_rng(sum(map(ord, name)))
    weights = [random.uniform(-.5, .5, w.shape).astype("float32") for w in model.weights]
    model.set_weights([abs(v) + .5 if "variance" in w.name else v for v, w in zip(weights, model.weights)])
    given = [tf.TensorSpec([None] + list(shape), tf.float32, name="input_1")]
    file, _ = tf2onnx.convert.from_keras(model, input_signature=given, opset=opset)
    x = (random.integers(0, integers, (2,) + shape) if integers else random.uniform(-1, 1, (2,) + shape)).astype("float32")
    reference = onnx.ModelProto()
    reference.CopyFrom(file)
    for node in file.graph.node:  # The softmax at the end, which an import leaves out.
        if node.op_type == "Softmax" and node.output[0] == file.graph.output[0].name:
            reference.graph.output[0].name = node.input[0]
    y = onnxruntime.InferenceSession(reference.SerializeToString()).run(None, {"input_1": x})[0]
    (OUT / f"{name}.onnx").write_bytes(file.SerializeToString())
    (OUT / f"{name}.json").write_text(json.dumps(dict(x=numbers(x), y=numbers(y)), separators=(",", ":")))


save("tf-mnist", Sequential([
    Input((8, 8, 1)), L.Conv2D(3, 3, activation="relu"), L.MaxPooling2D(), L.Conv2D(4, 2, padding="same"),
    L.BatchNormalization(), L.ReLU(), L.Dropout(.5), L.Flatten(), L.Dense(3, activation="softmax")]), (8, 8, 1), 13)

x = Input((8, 8, 3))
y = L.ReLU()(L.BatchNormalization()(L.Conv2D(4, 3, padding="same", use_bias=False)(x)))
z = L.BatchNormalization()(L.Conv2D(4, 3, strides=2, padding="same", use_bias=False)(y))
s = L.BatchNormalization()(L.Conv2D(4, 1, strides=2, use_bias=False)(y))
y = L.LeakyReLU()(L.DepthwiseConv2D(3, padding="same")(L.ReLU(max_value=6)(L.Add()([z, s]))))
y = L.Concatenate()([y, L.SeparableConv2D(2, 3, padding="same")(y)])
y = L.UpSampling2D(2)(L.ZeroPadding2D(1)(L.AveragePooling2D(2, padding="same")(y)))
y = L.Dense(3, activation="softmax")(L.GlobalAveragePooling2D()(y))
save("tf-cifar", keras.Model(x, y), (8, 8, 3), 15)

save("tf-lstm", Sequential([
    Input((5, 3)), L.LSTM(4, return_sequences=True), L.Bidirectional(L.GRU(3)), L.Dense(2)]), (5, 3), 13)
save("tf-tokens", Sequential([
    Input((6,)), L.Embedding(9, 4), L.Conv1D(3, 3, activation="relu"), L.GlobalMaxPooling1D(),
    L.Dense(2, activation="sigmoid")]), (6,), 12, integers=9)

x = Input((4, 6))
y = L.LayerNormalization()(x + L.MultiHeadAttention(2, 3)(x, x))
y = L.Dense(2)(L.GlobalAveragePooling1D()(L.Dense(4, activation="gelu")(y)))
save("tf-attention", keras.Model(x, y), (4, 6), 15)

save("tf-transposed", Sequential([
    Input((4, 4, 2)), L.Conv2DTranspose(3, 3, strides=2, padding="same"), L.PReLU(shared_axes=[1, 2]),
    L.Conv2D(2, 1, activation="swish"), L.Rescaling(2., -1.), L.Activation("hard_sigmoid")]), (4, 4, 2), 11)
