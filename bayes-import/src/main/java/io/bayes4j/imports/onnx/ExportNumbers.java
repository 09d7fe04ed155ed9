package io.bayes4j.imports.onnx;

import static io.bayes4j.imports.onnx.ProtoWriter.number;
import static io.bayes4j.imports.onnx.ProtoWriter.real;

import io.bayes4j.imports.onnx.Exports.Place;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Clamp;
import io.bayes4j.layers.Elu;
import io.bayes4j.layers.HardSigmoid;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.MatMul;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.Prelu;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Softmax;
import io.bayes4j.layers.WeightArithmetic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Functions of numbers. */
final class ExportNumbers {
  private static final double LEAK = 0.01;
  private static final double GELU_SCALE = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715;

  private ExportNumbers() {}

  static Optional<String> write(Layer layer, Place place) {
    ProtoWriter out = place.out();
    String x = place.x();
    if (layer instanceof Activation activation) {
      return Optional.of(activation(activation, out, x));
    }
    if (layer instanceof MathFunction function) {
      return Optional.of(function(function, out, x));
    }
    if (layer instanceof Arithmetic operation) {
      return place.inputs().stream().reduce((a, b) -> out.op(name(operation), List.of(a, b)));
    }
    if (layer instanceof WeightArithmetic weights) {
      String weight = ExportWeights.parameter(layer, "weight", place);
      return Optional.of(
          out.op(
              name(weights.operation()),
              weights.weightFirst() ? List.of(weight, x) : List.of(x, weight)));
    }
    if (layer instanceof MatMul) {
      return Optional.of(out.op("MatMul", place.inputs()));
    }
    if (layer instanceof LeakyRelu leaky) {
      return Optional.of(out.op("LeakyRelu", x, real("alpha", leaky.slope())));
    }
    if (layer instanceof Elu elu) {
      return Optional.of(out.op("Elu", x, real("alpha", elu.alpha())));
    }
    if (layer instanceof HardSigmoid line) {
      return Optional.of(
          out.op("HardSigmoid", x, real("alpha", line.slope()), real("beta", line.shift())));
    }
    if (layer instanceof Softmax softmax) {
      return Optional.of(out.op("Softmax", x, number("axis", softmax.axis())));
    }
    if (layer instanceof Clamp clamp) {
      return Optional.of(clip(out, x, clamp.least(), clamp.greatest()));
    }
    if (layer instanceof ScaleShift line) {
      return Optional.of(line(out, x, line.scale(), line.shift()));
    }
    return layer instanceof Prelu ? Optional.of(prelu(layer, place)) : Optional.empty();
  }

  /** One number for each channel, in the shape that broadcasts so. */
  private static String prelu(Layer layer, Place place) {
    long[] shape = new long[Math.max(1, place.rank() - 1)];
    Arrays.fill(shape, 1);
    shape[0] = ExportWeights.array(layer, "weight").size(0);
    String slope = ExportWeights.parameter(layer, "weight", place);
    String lengths = place.out().longs("shape", shape);
    String fitting = place.out().op("Reshape", List.of(slope, lengths));
    return place.out().op("PRelu", List.of(place.x(), fitting));
  }

  private static String name(Arithmetic operation) {
    String lower = operation.name().toLowerCase(Locale.ROOT);
    return Character.toUpperCase(lower.charAt(0)) + lower.substring(1);
  }

  private static String clip(ProtoWriter out, String x, double least, double greatest) {
    List<String> inputs = new ArrayList<>(List.of(x));
    inputs.add(Double.isInfinite(least) ? "" : out.number(least));
    inputs.add(Double.isInfinite(greatest) ? "" : out.number(greatest));
    return out.op("Clip", inputs);
  }

  private static String line(ProtoWriter out, String x, double scale, double shift) {
    String y = scale == 1 ? x : out.op("Mul", List.of(x, out.number(scale)));
    return shift == 0 ? y : out.op("Add", List.of(y, out.number(shift)));
  }

  private static String activation(Activation activation, ProtoWriter out, String x) {
    return switch (activation) {
      case RELU -> out.op("Relu", x);
      case LEAKY_RELU -> out.op("LeakyRelu", x, real("alpha", LEAK));
      case ELU -> out.op("Elu", x);
      case SILU -> out.op("Mul", List.of(x, out.op("Sigmoid", x)));
      case GELU -> {
        String cube = out.op("Mul", List.of(out.op("Mul", List.of(x, x)), x));
        String inner = out.op("Add", List.of(x, line(out, cube, GELU_CUBIC, 0)));
        yield gated(out, x, out.op("Tanh", line(out, inner, GELU_SCALE, 0)));
      }
      case GELU_EXACT -> gated(out, x, out.op("Erf", line(out, x, Math.sqrt(0.5), 0)));
      case SIGMOID -> out.op("Sigmoid", x);
      case TANH -> out.op("Tanh", x);
      case SOFTPLUS -> out.op("Softplus", x);
      case RELU6 -> clip(out, x, 0, 6);
      case HARDSWISH -> out.op("HardSwish", x);
      case HARDSIGMOID -> out.op("HardSigmoid", x, real("alpha", 1.0 / 6), real("beta", 0.5));
      case MISH -> out.op("Mul", List.of(x, out.op("Tanh", out.op("Softplus", x))));
    };
  }

  /** x (1 + gate) / 2. */
  private static String gated(ProtoWriter out, String x, String gate) {
    return line(out, out.op("Mul", List.of(x, line(out, gate, 1, 1))), 0.5, 0);
  }

  private static String function(MathFunction function, ProtoWriter out, String x) {
    return switch (function) {
      case EXP -> out.op("Exp", x);
      case LOG -> out.op("Log", x);
      case SQRT -> out.op("Sqrt", x);
      case SQUARE -> out.op("Mul", List.of(x, x));
      case NEGATE -> out.op("Neg", x);
      case ERF -> out.op("Erf", x);
      case RECIPROCAL -> out.op("Reciprocal", x);
    };
  }
}
