"""ONNX models as other producers than PyTorch write them, put together by hand, with what ONNX Runtime makes of them.

    python onnx_made.py ../resources/io/bayes4j/imports/onnx

Written with onnx 1.23 and onnxruntime 1.32.
"""
import json, pathlib, sys
import numpy as np, onnx, onnxruntime
from onnx import TensorProto as T, helper as h, numpy_helper as nh

OUT = pathlib.Path(sys.argv[1])
RANDOM = np.random.default_rng(1)


def array(name, *shape, whole=None):
    values = (RANDOM.standard_normal(shape) * 0.4).astype(np.float32) if whole is None else np.array(whole, np.int64)
    return nh.from_array(values, name)


def numbers(a):
    return dict(shape=list(a.shape), data=[float(f"{v:.9g}") for v in a.astype(np.float64).flatten()])


def write(name, nodes, initializers, x_shape, opset=17, functions=(), batch="n", inputs=(), logits=None, ir=8, shape=None, value=None):
    """logits: the output expected, where an import leaves out what comes behind."""
    x = h.make_tensor_value_info("x", T.FLOAT, [batch] + list(shape or x_shape)[1:])
    graph = h.make_graph(nodes, name, [x] + list(inputs), [h.make_tensor_value_info("y", T.FLOAT, None)], initializers)
    opsets = [h.make_opsetid("", opset)] + [h.make_opsetid("mine", 1)] * bool(functions)
    model = h.make_model(graph, opset_imports=opsets, ir_version=ir, functions=list(functions), producer_name="by hand")
    reference = onnx.ModelProto()
    reference.CopyFrom(model)
    if logits:
        reference.graph.output[0].name = logits
    value = RANDOM.standard_normal(x_shape).astype(np.float32) if value is None else value
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(reference.SerializeToString(), options, providers=["CPUExecutionProvider"])
    y = session.run(None, {"x": value})[0]
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())
    (OUT / f"{name}.json").write_text(json.dumps(dict(x=numbers(value), y=numbers(y)), separators=(",", ":")))


N = h.make_node
w = lambda *shape: array("w%d" % RANDOM.integers(1 << 30), *shape)

# As CNTK writes MNIST: weights behind Reshape, SAME padding, a batch of one that is part of the shapes, initializers
# that are also inputs, and a bias of three axes.
c1, b1, d, bd = array("c1", 4, 1, 5, 5), array("b1", 4, 1, 1), array("d", 4, 3, 3, 3), array("bd", 1, 3)
two, three = array("two", whole=[1, 36]), array("three", whole=[36, 3])
write("cntk", [
    N("Reshape", ["d", "three"], ["d2"]),
    N("Conv", ["x", "c1"], ["c"], kernel_shape=[5, 5], strides=[1, 1], auto_pad="SAME_UPPER", dilations=[1, 1], group=1),
    N("Add", ["c", "b1"], ["p"]), N("Relu", ["p"], ["r"]),
    N("MaxPool", ["r"], ["m"], kernel_shape=[3, 3], strides=[3, 3], pads=[0, 0, 0, 0], auto_pad="NOTSET"),
    N("Reshape", ["m", "two"], ["f"]), N("MatMul", ["f", "d2"], ["t"]), N("Add", ["t", "bd"], ["y"])],
    [c1, b1, d, bd, two, three], [1, 1, 9, 9], opset=8, batch=1, ir=3,
    inputs=[h.make_tensor_value_info(i.name, i.data_type, list(i.dims)) for i in (c1, b1, d, bd, two, three)])

# As tf2onnx writes Keras: channels last outside, first inside; SAME padding of even windows; a Softmax at the end.
k, s, kd = array("k", 4, 2, 3, 3), array("s", 4), array("kd", 36, 3)
write("tf2onnx", [
    N("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]),
    N("Conv", ["t", "k", "s"], ["c"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
    N("Relu", ["c"], ["r"]), N("Transpose", ["r"], ["l"], perm=[0, 2, 3, 1]), N("Reshape", ["l", "flat"], ["f"]),
    N("MatMul", ["f", "kd"], ["p"]), N("Add", ["bias", "p"], ["z"]), N("Softmax", ["z"], ["y"], axis=1)],
    [k, s, kd, array("bias", 3), array("flat", whole=[-1, 36])], [2, 6, 6, 2], opset=11, logits="z")

for pad in ("SAME_UPPER", "SAME_LOWER"):
    name = pad.lower().replace("_", "-")
    write(name, [
        N("Conv", ["x", "a"], ["1"], kernel_shape=[4, 3], strides=[1, 2], auto_pad=pad),
        N("MaxPool", ["1"], ["2"], kernel_shape=[2, 3], strides=[2, 1], auto_pad=pad),
        N("AveragePool", ["2"], ["3"], kernel_shape=[3, 3], strides=[1, 1], auto_pad=pad),
        N("AveragePool", ["3"], ["y"], kernel_shape=[2, 2], strides=[1, 1], auto_pad=pad, count_include_pad=1)],
        [array("a", 3, 2, 4, 3)], [2, 2, 7, 9], opset=11)

write("pools", [
    N("MaxPool", ["x"], ["1"], kernel_shape=[3, 2], strides=[2, 2], pads=[1, 0, 1, 1], ceil_mode=0),
    N("AveragePool", ["1"], ["2"], kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1, pads=[1, 1, 1, 1], count_include_pad=1),
    N("GlobalMaxPool", ["x"], ["g"]), N("GlobalAveragePool", ["x"], ["h"]), N("Sub", ["g", "h"], ["s"]),
    N("Mul", ["2", "s"], ["y"])], [], [2, 3, 7, 9], opset=12)

# Nodes in any order, a function that calls another, an attribute handed on, a dense layer shared by two places and one
# whose weight is transposed.
inner = h.make_function("mine", "Inner", ["a", "b"], ["c"], [N("Mul", ["a", "b"], ["ab"]), N("Sigmoid", ["ab"], ["c"])],
                        [h.make_opsetid("", 17)])
leaky = N("LeakyRelu", ["s"], ["r"])
alpha = h.make_attribute("alpha", 0.0)
alpha.ref_attr_name = "slope"
alpha.ClearField("f")
leaky.attribute.append(alpha)
outer = h.make_function("mine", "Outer", ["p"], ["q"], [
    N("Inner", ["p", "p"], ["s"], domain="mine"), leaky, N("Neg", ["r"], ["q"])],
    [h.make_opsetid("", 17), h.make_opsetid("mine", 1)], attributes=["slope"])
write("function", [
    N("Gemm", ["q", "shared", "v"], ["y"], alpha=0.5, beta=2.0, transB=0),
    N("Outer", ["h2"], ["q"], domain="mine", slope=0.3),
    N("MatMul", ["h1", "turned"], ["h2"]), N("Transpose", ["shared"], ["turned"], perm=[1, 0]),
    N("Identity", ["m"], ["h1"]), N("MatMul", ["x", "shared"], ["m"])],
    [array("shared", 4, 4), array("v", 1)], [3, 4], functions=[inner, outer])

# A GELU and a layer norm in parts, as exporters wrote them before there were operators for them; arithmetic of shapes.
consts = [nh.from_array(np.float32(v), n) for n, v in (("half", .5), ("root", 2 ** .5), ("one", 1), ("eps", 1e-5), ("sq", 2))]
write("parts", [
    N("Div", ["x", "root"], ["1"]), N("Erf", ["1"], ["2"]), N("Add", ["2", "one"], ["3"]), N("Mul", ["x", "3"], ["4"]),
    N("Mul", ["4", "half"], ["g"]),
    N("ReduceMean", ["g"], ["m"], axes=[-1]), N("Sub", ["g", "m"], ["c"]), N("Pow", ["c", "sq"], ["c2"]),
    N("ReduceMean", ["c2"], ["v"], axes=[-1]), N("Add", ["v", "eps"], ["ve"]), N("Sqrt", ["ve"], ["d"]),
    N("Div", ["c", "d"], ["n"]), N("Mul", ["n", "gamma"], ["ng"]), N("Add", ["ng", "beta"], ["l"]),
    N("Shape", ["l"], ["sh"]), N("Gather", ["sh", "first"], ["n0"], axis=0), N("Unsqueeze", ["n0", "axis0"], ["n1"]),
    N("Concat", ["n1", "rest"], ["to"], axis=0), N("Reshape", ["l", "to"], ["f"]),
    N("Gemm", ["f", "w"], ["y"], transB=1)],
    consts + [array("gamma", 4), array("beta", 4), nh.from_array(np.int64(0), "first"), array("axis0", whole=[0]),
              array("rest", whole=[-1]), array("w", 2, 12)], [2, 3, 4])

# Attention whose batch of one has become part of its shapes, the steps before the examples.
write("fixed", [
    N("MatMul", ["x", "wq"], ["q0"]), N("Transpose", ["q0"], ["q1"], perm=[1, 0, 2]), N("Reshape", ["q1", "heads"], ["q2"]),
    N("Transpose", ["q2"], ["q"], perm=[1, 0, 2]), N("Transpose", ["q2"], ["kt"], perm=[1, 2, 0]),
    N("MatMul", ["q", "kt"], ["s"]), N("Softmax", ["s"], ["a"], axis=-1), N("MatMul", ["a", "q"], ["o"]),
    N("Transpose", ["o"], ["o1"], perm=[1, 0, 2]), N("Reshape", ["o1", "back"], ["o2"]),
    N("Transpose", ["o2"], ["y"], perm=[1, 0, 2])],
    [array("wq", 6, 6), array("heads", whole=[5, 2, 3]), array("back", whole=[5, 1, 6])], [1, 5, 6], batch=1)

half = nh.from_array((RANDOM.standard_normal((4, 3)) * .4).astype(np.float16), "half16")
listed = h.make_tensor("listed", T.FLOAT, [3], RANDOM.standard_normal(3).astype(np.float32).tolist())
write("types", [
    N("Cast", ["half16"], ["w32"], to=T.FLOAT), N("MatMul", ["x", "w32"], ["1"]), N("Add", ["1", "listed"], ["2"]),
    N("Constant", [], ["c"], value=nh.from_array(np.float32([[2, 3, 4]]), "")), N("Mul", ["2", "c"], ["3"]),
    N("Constant", [], ["lo"], value_float=-1.0), N("Max", ["3", "lo"], ["4"]), N("Selu", ["4"], ["5"]),
    N("HardSigmoid", ["5"], ["6"]), N("Unsqueeze", ["6"], ["7"], axes=[1]), N("Squeeze", ["7"], ["8"], axes=[1]),
    N("Sub", ["one", "8"], ["y"])],
    [half, listed, nh.from_array(np.float32(1), "one")], [2, 4], opset=12)

write("resize", [
    N("Resize", ["x", "", "s"], ["1"], mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    N("Resize", ["1", "", "s2"], ["2"], mode="linear", coordinate_transformation_mode="align_corners"),
    N("Resize", ["2", "", "s3"], ["2b"], mode="nearest"),
    N("DepthToSpace", ["2b"], ["3"], blocksize=2, mode="CRD"), N("DepthToSpace", ["2b"], ["4"], blocksize=2),
    N("Add", ["3", "4"], ["5"]), N("ConvTranspose", ["5", "w"], ["y"], strides=[2, 2], pads=[0, 1, 1, 0])],
    [nh.from_array(np.float32([1, 1, 2, 3]), "s"), nh.from_array(np.float32([1, 1, 1.5, 1]), "s2"),
     nh.from_array(np.float32([1, 1, .7, 1.3]), "s3"), array("w", 1, 2, 3, 3)], [2, 4, 3, 3], opset=13)

# As CNTK writes residual networks for CIFAR: the mean taken off and scaled, SAME padding, batch norm, an average pool as
# large as the image, weights and shapes that are inputs too; and a perceptron behind Flatten, with Sum for the bias.
given = lambda all: [h.make_tensor_value_info(i.name, i.data_type, list(i.dims)) for i in all]
conv = lambda i, w, o, k, s=1: N("Conv", [i, w], [o], kernel_shape=[k, k], strides=[s, s], auto_pad="SAME_UPPER", group=1)


def norm(i, o, channels):
    arrays = [array(o + e, channels) for e in "sbm"] + [nh.from_array((RANDOM.random(channels) + .5).astype(np.float32), o + "v")]
    all_.extend(arrays)
    return N("BatchNormalization", [i] + [a.name for a in arrays], [o], epsilon=1e-5, momentum=0.0)


scale = nh.from_array(np.float32([1 / 256]), "scale")
all_ = [array("mean", 3, 1, 1), scale, array("k1", 4, 3, 3, 3), array("k2", 4, 4, 3, 3), array("k3", 6, 4, 1, 1),
        array("k4", 6, 4, 3, 3), array("kd", 6, 1, 1, 5), array("bd", 5), array("s1", whole=[6, 5]), array("s2", whole=[1, 6])]
nodes = [
    N("Reshape", ["kd", "s1"], ["kd2"]), N("Sub", ["x", "mean"], ["x1"]), N("Mul", ["x1", "scale"], ["x2"]),
    conv("x2", "k1", "c1", 3), norm("c1", "n1", 4), N("Relu", ["n1"], ["r1"]),
    conv("r1", "k2", "c2", 3), norm("c2", "n2", 4), N("Add", ["n2", "r1"], ["p1"]), N("Relu", ["p1"], ["r2"]),
    conv("r2", "k3", "c3", 1, 2), norm("c3", "n3", 6), conv("r2", "k4", "c4", 3, 2), norm("c4", "n4", 6),
    N("Add", ["n4", "n3"], ["p2"]), N("Relu", ["p2"], ["r3"]), N("Dropout", ["r3"], ["d"], ratio=.3),
    N("AveragePool", ["d"], ["a"], kernel_shape=[4, 4], strides=[1, 1], auto_pad="NOTSET", count_include_pad=1),
    N("Reshape", ["a", "s2"], ["f"]), N("MatMul", ["f", "kd2"], ["t"]), N("Add", ["t", "bd"], ["z"]),
    N("Softmax", ["z"], ["y"], axis=1)]
write("cntk-cifar", nodes, all_, [1, 3, 8, 8], opset=7, batch=1, ir=3, inputs=given(all_), logits="z")
all_ = [scale, array("k", 3, 1, 5, 5), array("b", 3, 1, 1), array("kt", 4, 3, 4, 4), array("bt", 4)]
write("cntk-sum", [
    N("Mul", ["scale", "x"], ["x1"]), N("Conv", ["x1", "k"], ["c"], kernel_shape=[5, 5], strides=[2, 2], auto_pad="VALID"),
    N("Add", ["b", "c"], ["p"]), N("LeakyRelu", ["p"], ["r"], alpha=.3),
    N("MaxPool", ["r"], ["m"], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1]),
    N("Flatten", ["m"], ["f"], axis=1), N("Flatten", ["kt"], ["kf"], axis=1), N("Transpose", ["kf"], ["kft"], perm=[1, 0]),
    N("MatMul", ["f", "kft"], ["t"]), N("Sum", ["t", "bt"], ["y"])], all_, [2, 1, 17, 17], opset=8, ir=3, inputs=given(all_))

write("gru-before", [
    N("Transpose", ["x"], ["t"], perm=[1, 0, 2]), N("GRU", ["t", "gw", "gr", "gb"], ["o", "h"], hidden_size=4),
    N("Squeeze", ["h", "first"], ["y"])],
    [array("gw", 1, 12, 3), array("gr", 1, 12, 4), array("gb", 1, 24), array("first", whole=[0])], [2, 5, 3])

# The two masks of causal attention: scores put out by a flag, and minus infinity added.
flags = nh.from_array(np.ones((4, 4), bool), "flags")
few, zero = nh.from_array(np.float32(-np.inf), "few"), nh.from_array(np.float32(0), "zero")
write("causal", [
    N("Trilu", ["flags"], ["lower"], upper=0), N("Transpose", ["x"], ["xt"], perm=[0, 2, 1]),
    N("MatMul", ["x", "xt"], ["s"]), N("Where", ["lower", "s", "few"], ["k"]), N("Softmax", ["k"], ["a"], axis=-1),
    N("MatMul", ["a", "x"], ["v"]), N("MatMul", ["v", "xt"], ["s2"]), N("Where", ["lower", "zero", "few"], ["bias"]),
    N("Add", ["s2", "bias"], ["k2"]), N("Softmax", ["k2"], ["a2"], axis=-1), N("MatMul", ["a2", "v"], ["y"])],
    [flags, few, zero], [2, 4, 3])

# Choices by what is computed: a function in pieces, and the padding of short sequences in attention, with what PyTorch
# puts behind a softmax whose row was all masked.
half, two, none = (nh.from_array(np.float32(v), name) for v, name in ((0.5, "half"), (-2, "two"), (0, "none")))
write("where", [
    N("Greater", ["x", "half"], ["g"]), N("Less", ["x", "none"], ["l"]), N("GreaterOrEqual", ["b", "x"], ["ge"]),
    N("LessOrEqual", ["x", "b"], ["le"]), N("Equal", ["ge", "le"], ["e"]), N("Not", ["e"], ["ne"]),
    N("Or", ["g", "l"], ["o"]), N("And", ["o", "ne"], ["a"]), N("Xor", ["a", "g"], ["xo"]),
    N("Mul", ["x", "two"], ["x2"]), N("Sqrt", ["x"], ["root"]), N("IsNaN", ["root"], ["nan"]),
    N("Where", ["nan", "none", "root"], ["r"]), N("Where", ["xo", "x2", "r"], ["w"]), N("Where", ["g", "b", "w"], ["w2"]),
    N("Cast", ["l"], ["lf"], to=T.FLOAT), N("Where", ["few_flags", "w2", "lf"], ["w3"]), N("Where", ["l", "half", "two"], ["w4"]),
    N("Add", ["w3", "w4"], ["y"])],
    [half, two, none, array("b", 3), nh.from_array(np.array([[True], [False], [True], [True]]), "few_flags")], [2, 4, 3])

low = nh.from_array(np.float32(-np.inf), "low")
write("padding", [
    N("Cast", ["x"], ["ids"], to=T.INT64), N("Gather", ["table", "ids"], ["e"]), N("Equal", ["ids", "pad"], ["p"]),
    N("Shape", ["ids"], ["lengths"]), N("ConstantOfShape", ["lengths"], ["zeros"]), N("Where", ["p", "low", "zeros"], ["m"]),
    N("Unsqueeze", ["m", "one_two"], ["m4"]), N("Unsqueeze", ["p", "one_two"], ["p4"]),
    N("Transpose", ["e"], ["et"], perm=[0, 2, 1]), N("MatMul", ["e", "et"], ["s"]), N("Unsqueeze", ["s", "one"], ["s4"]),
    N("Add", ["s4", "m4"], ["sm"]), N("Softmax", ["sm"], ["a"], axis=-1), N("IsNaN", ["a"], ["an"]),
    N("Where", ["an", "zero_", "a"], ["aw"]), N("Gather", ["lengths", "first"], ["n"]),
    N("Concat", ["n", "rest"], ["wide"], axis=0), N("Expand", ["p4", "wide"], ["pe"]), N("Not", ["pe"], ["kept"]),
    N("Cast", ["kept"], ["kf"], to=T.FLOAT), N("Mul", ["aw", "kf"], ["ak"]), N("Squeeze", ["ak", "one"], ["a3"]),
    N("MatMul", ["a3", "e"], ["y"])],
    [array("table", 6, 4), low, nh.from_array(np.float32(0), "zero_"), array("pad", whole=1), array("one_two", whole=[1, 2]),
     array("one", whole=[1]), array("first", whole=[0]), array("rest", whole=[1, 5, 5])],
    [3, 5], value=np.array([[2, 3, 1, 1, 1], [4, 5, 0, 2, 1], [1, 1, 1, 1, 1]], np.float32))

# Means of windows that reach over the input: by more on one side, as SAME makes it for even windows, by more than half of
# a window, and past the end; and maxima with as much padding.
def pools(kind, **options):
    sets = [dict(kernel_shape=[2, 4], strides=[1, 2], auto_pad="SAME_UPPER"), dict(kernel_shape=[2, 4], strides=[2, 1], auto_pad="SAME_LOWER"),
            dict(kernel_shape=[3, 3], pads=[2, 2, 2, 2]), dict(kernel_shape=[3, 3], strides=[2, 3], pads=[0, 1, 2, 0], ceil_mode=1)]
    return [N(kind, ["x"], [f"{kind}{i}"], **one, **options) for i, one in enumerate(sets)]


def flattened(nodes):
    made = [n.output[0] for n in nodes]
    return nodes + [N("Flatten", [name], [name + "_f"]) for name in made] + [N("Concat", [name + "_f" for name in made], ["y"], axis=1)]


write("averages", flattened(pools("AveragePool")), [], [2, 3, 7, 6])
write("maxima", flattened(pools("MaxPool") + [N("ReduceMax", ["x"], ["all"], axes=[2, 3], keepdims=0)]), [], [2, 3, 7, 6])
write("counted", flattened(pools("AveragePool", count_include_pad=1)[:3]), [], [2, 3, 7, 6])

# Transposed convolutions whose padding follows from the length of the output: an odd element before, but with SAME_UPPER.
write("output-shape", flattened([
    N("ConvTranspose", ["x", "ut"], ["upper"], strides=[2, 1], auto_pad="SAME_UPPER"),
    N("ConvTranspose", ["x", "ut"], ["lower"], strides=[2, 1], auto_pad="SAME_LOWER"),
    N("ConvTranspose", ["x", "ut"], ["given"], strides=[2, 2], output_shape=[10, 7]),
    N("ConvTranspose", ["x", "ut"], ["longer"], strides=[3, 3], output_shape=[16, 13], output_padding=[1, 1])]),
    [array("ut", 3, 2, 3, 4)], [2, 3, 5, 4])

# PyTorch's places: one element of an axis is its first.
write("one-left", [N("Resize", ["x", "", "", "sizes"], ["r"], mode="linear", coordinate_transformation_mode="pytorch_half_pixel"),
                   N("Flatten", ["r"], ["y"])], [array("sizes", whole=[2, 3, 3, 1])], [2, 3, 5, 4], batch=2)

# The state alone is handed on, and the softmax by another operator.
write("last-state", [
    N("Transpose", ["x"], ["t"], perm=[1, 0, 2]), N("LSTM", ["t", "lw", "lr"], ["", "h"], hidden_size=4),
    N("Squeeze", ["h", "first"], ["s"]), N("Softmax", ["s"], ["soft"], axis=-1), N("Identity", ["soft"], ["y"])],
    [array("lw", 1, 16, 3), array("lr", 1, 16, 4), array("first", whole=[0])], [2, 5, 3], logits="s")
