package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.numbers;
import static io.bayes4j.imports.onnx.ProtoWriter.text;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.PlainRecurrent;
import io.bayes4j.layers.RecurrentSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import onnx.OnnxMl.AttributeProto;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Dense, convolutional and recurrent layers, and embeddings. */
final class ExportWeights {
  /** Which of PyTorch's gates each of the file's is: i, o, f, c of i, f, g, o. */
  private static final int[] LSTM_GATES = {0, 3, 1, 2};

  /** z, r, h of r, z, n. */
  private static final int[] GRU_GATES = {1, 0, 2};

  private ExportWeights() {}

  static Optional<String> write(Layer layer, Place place) {
    if (layer instanceof Affine affine) {
      return Optional.of(
          affine.op() instanceof AffineOp.Convolutional conv
              ? convolution(affine, conv, place)
              : dense(affine, place));
    }
    if (layer instanceof Embedding) {
      String indices = place.out().op("Cast", place.x(), number("to", Type.LONG.number));
      return Optional.of(
          place.out().op("Gather", List.of(parameter(layer, "weight", place), indices)));
    }
    return layer instanceof PlainRecurrent recurrent
        ? Optional.of(recurrent(recurrent, place))
        : Optional.empty();
  }

  static String parameter(Layer layer, String name, Place place) {
    return place.out().once(layer, name, () -> place.out().floats(name, array(layer, name)));
  }

  /** A parameter that the layer has. */
  static Parameter parameter(Layer layer, String name) {
    return Objects.requireNonNull(layer.parameters().get(name), name);
  }

  static INDArray array(Layer layer, String name) {
    return parameter(layer, name).value();
  }

  private static String dense(Affine layer, Place place) {
    String weight = parameter(layer, "weight", place);
    boolean bias = layer.parameters().containsKey("bias");
    if (place.rank() == 2) {
      List<String> inputs = new ArrayList<>(List.of(place.x(), weight));
      if (bias) {
        inputs.add(parameter(layer, "bias", place));
      }
      return place.out().op("Gemm", inputs, number("transB", 1));
    }
    String turned = place.out().op("Transpose", weight, numbers("perm", 1, 0));
    String product = place.out().op("MatMul", List.of(place.x(), turned));
    return bias
        ? place.out().op("Add", List.of(product, parameter(layer, "bias", place)))
        : product;
  }

  private static String convolution(Affine layer, AffineOp.Convolutional op, Place place) {
    ConvSpec spec = op.spec();
    boolean transposed = op instanceof AffineOp.ConvTranspose;
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    for (int axis = 0; axis < spec.rank(); axis++) {
      int total = spec.dilation().get(axis) * (spec.kernel().get(axis) - 1);
      int side = spec.padding().get(axis);
      before.add(spec.samePadding() ? total / 2 : side);
      after.add(spec.samePadding() ? total - total / 2 : side);
    }
    List<Integer> pads = new ArrayList<>(before);
    pads.addAll(after);
    String x = place.x();
    boolean zeros = spec.paddingMode() == PaddingMode.ZEROS;
    if (!zeros) {
      x = ExportShapes.pad(place, x, all(before), all(after), spec.paddingMode(), 0);
    }
    List<AttributeProto> options = new ArrayList<>();
    options.add(numbers("kernel_shape", spec.kernel()));
    options.add(numbers("strides", spec.stride()));
    options.add(numbers("dilations", spec.dilation()));
    options.add(numbers("pads", zeros ? pads : pads.stream().map(n -> 0).toList()));
    options.add(number("group", spec.groups()));
    if (transposed) {
      options.add(numbers("output_padding", spec.outputPadding()));
    }
    List<String> inputs = new ArrayList<>(List.of(x, parameter(layer, "weight", place)));
    if (layer.parameters().containsKey("bias")) {
      inputs.add(parameter(layer, "bias", place));
    }
    return place
        .out()
        .op(transposed ? "ConvTranspose" : "Conv", inputs, options.toArray(AttributeProto[]::new));
  }

  /** Padding of spatial axes as padding of all. */
  private static List<Integer> all(List<Integer> spatial) {
    List<Integer> all = new ArrayList<>(List.of(0, 0));
    all.addAll(spatial);
    return all;
  }

  private static String recurrent(PlainRecurrent layer, Place place) {
    RecurrentSpec spec = layer.op().spec();
    boolean lstm = layer.op().cell() == RecurrentCell.LSTM;
    int[] gates = lstm ? LSTM_GATES : GRU_GATES;
    ProtoWriter out = place.out();
    String value = out.op("Transpose", place.x(), numbers("perm", 1, 0, 2));
    for (int i = 0; i < spec.layers(); i++) {
      long inputs = i == 0 ? spec.inputs() : spec.outputs();
      List<String> names =
          new ArrayList<>(
              List.of(
                  value,
                  gates(layer, "weight_ih_l" + i, place, gates, inputs),
                  gates(layer, "weight_hh_l" + i, place, gates, spec.hidden())));
      if (spec.bias()) {
        int number = i;
        names.add(out.once(layer, "bias_l" + i, () -> biases(layer, number, place, gates)));
      }
      List<AttributeProto> options = new ArrayList<>();
      options.add(number("hidden_size", spec.hidden()));
      options.add(text("direction", spec.bidirectional() ? "bidirectional" : "forward"));
      if (!lstm) {
        options.add(number("linear_before_reset", 1));
      }
      String y = out.op(lstm ? "LSTM" : "GRU", names, options.toArray(AttributeProto[]::new));
      // [T, D, N, H] as [T, N, D H].
      String moved = out.op("Transpose", y, numbers("perm", 0, 2, 1, 3));
      String shape = out.longs("shape", 0, 0, spec.outputs());
      value = out.op("Reshape", List.of(moved, shape));
    }
    return out.op("Transpose", value, numbers("perm", 1, 0, 2));
  }

  private static List<String> ends(RecurrentSpec spec) {
    return spec.bidirectional() ? List.of("", "_reverse") : List.of("");
  }

  private static String gates(
      PlainRecurrent layer, String name, Place place, int[] gates, long columns) {
    RecurrentSpec spec = layer.op().spec();
    ProtoWriter out = place.out();
    return out.once(
        layer,
        name,
        () -> {
          List<float[]> directions = new ArrayList<>();
          for (String end : ends(spec)) {
            directions.add(ordered(array(layer, name + end), gates));
          }
          long rows = gates.length * spec.hidden();
          return out.floats(name, joined(directions), directions.size(), rows, columns);
        });
  }

  private static String biases(PlainRecurrent layer, int number, Place place, int... gates) {
    RecurrentSpec spec = layer.op().spec();
    List<float[]> parts = new ArrayList<>();
    for (String end : ends(spec)) {
      parts.add(ordered(array(layer, "bias_ih_l" + number + end), gates));
      parts.add(ordered(array(layer, "bias_hh_l" + number + end), gates));
    }
    return place
        .out()
        .floats(
            "bias_l" + number, joined(parts), parts.size() / 2, 2L * gates.length * spec.hidden());
  }

  private static float[] ordered(INDArray weight, int... gates) {
    FloatMemory memory = FloatMemory.of(weight, "weight");
    float[] from = new float[Math.toIntExact(memory.length())];
    memory.read(0, from, from.length);
    float[] to = new float[from.length];
    int each = from.length / gates.length;
    for (int gate = 0; gate < gates.length; gate++) {
      System.arraycopy(from, gates[gate] * each, to, gate * each, each);
    }
    return to;
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
