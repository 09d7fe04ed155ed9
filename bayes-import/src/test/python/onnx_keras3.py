"""ONNX models that tf2onnx makes of Keras 3 in TensorFlow, each with an input and what TensorFlow makes of it.

    python onnx_keras3.py ../resources/io/bayes4j/imports/onnx

Written with tensorflow-cpu 2.21.0, keras 3.15.1, tf2onnx 1.17.0, onnx 1.23.2. What tf2onnx writes of these is not read: the
exact GELU (an operator Erfc, which ONNX has not), convolutions in groups (StatefulPartitionedCall), and recurrent layers
other than LSTM unless they are unrolled (Loop).
"""
import json, pathlib, sys
import keras, numpy as np, tensorflow as tf, tf2onnx
from keras import Input, Sequential, layers as L

OUT = pathlib.Path(sys.argv[1])


def numbers(a):
    return dict(shape=list(a.shape), data=[float(f"{v:.9g}") for v in np.asarray(a, np.float64).flatten()])


def save(name, model, shape, opset):
    random = np.random.default_rng(sum(map(ord, name)))
    for v in model.variables:
        if "seed" not in v.path:
            w = random.uniform(-.5, .5, v.shape).astype("float32")
            v.assign(abs(w) + .5 if "variance" in v.path else w)
    run = tf.function(lambda a: model(a, training=False),
                      input_signature=[tf.TensorSpec([None] + list(shape), tf.float32, name="input_1")])
    file, _ = tf2onnx.convert.from_function(run, input_signature=run.input_signature, opset=opset)
    model.layers[-1].activation = keras.activations.linear  # A softmax at the end, which an import leaves out.
    x = random.uniform(-1, 1, (2,) + shape).astype("float32")
    y = np.asarray(model(x, training=False))
    (OUT / f"{name}.onnx").write_bytes(file.SerializeToString())
    (OUT / f"{name}.json").write_text(json.dumps(dict(x=numbers(x), y=numbers(y)), separators=(",", ":")))


save("keras3-odd", Sequential([
    Input((9, 7, 3)), L.Conv2D(4, 3, strides=2, padding="same", activation="relu"), L.MaxPooling2D(2, padding="same"),
    L.Conv2D(5, 2, padding="same", dilation_rate=2), L.BatchNormalization(), L.Activation("swish"),
    L.AveragePooling2D(2, strides=1, padding="same"), L.Flatten(), L.Dense(3, activation="softmax")]), (9, 7, 3), 18)

x = Input((11, 13, 4))
y = L.ReLU(6.)(L.BatchNormalization()(L.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2)(x)))
y = L.Add()([y, L.LayerNormalization()(L.SeparableConv2D(8, 3, padding="same")(y))])
s = L.Dense(8, activation="sigmoid")(L.Dense(4, activation="relu")(L.GlobalAveragePooling2D(keepdims=True)(y)))
y = L.GlobalMaxPooling2D()(L.Conv2D(6, 1, activation="hard_sigmoid")(L.Multiply()([y, s])))
save("keras3-mobile", keras.Model(x, L.Dense(3, activation="softmax")(y)), (11, 13, 4), 18)

save("keras3-lstm", Sequential([
    Input((6, 3)), L.Bidirectional(L.LSTM(4, return_sequences=True)), L.LSTM(3), L.Dense(2, activation="softmax")]), (6, 3), 13)

U = dict(unroll=True)
save("keras3-unrolled", Sequential([
    Input((3, 3)), L.Bidirectional(L.GRU(3, return_sequences=True, **U)), L.SimpleRNN(3, return_sequences=True, **U),
    L.GRU(3, reset_after=False, **U), L.Dense(2)]), (3, 3), 18)
