package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Clamp;
import io.bayes4j.layers.Elu;
import io.bayes4j.layers.HardSigmoid;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.Prelu;
import io.bayes4j.layers.Softmax;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Activation functions. */
final class ActivationOps {
  private static final double SELU_ALPHA = 1.6732631921768188;
  private static final double SELU_GAMMA = 1.0507010221481323;

  private ActivationOps() {}

  static void register(Map<String, Operators.Operator> all) {
    plain(all, "Relu", Activation.RELU);
    plain(all, "Sigmoid", Activation.SIGMOID);
    plain(all, "Tanh", Activation.TANH);
    plain(all, "Softplus", Activation.SOFTPLUS);
    plain(all, "HardSwish", Activation.HARDSWISH);
    plain(all, "Mish", Activation.MISH);
    all.put("LeakyRelu", (n, s) -> layer(n, s, new LeakyRelu(n.real("alpha", 0.01))));
    all.put("Elu", (n, s) -> layer(n, s, new Elu(n.real("alpha", 1))));
    all.put("Selu", ActivationOps::selu);
    all.put("HardSigmoid", ActivationOps::hardSigmoid);
    all.put("Gelu", ActivationOps::gelu);
    all.put("Clip", ActivationOps::clip);
    all.put("Min", (n, s) -> bounded(n, s, false));
    all.put("Max", (n, s) -> bounded(n, s, true));
    all.put("PRelu", ActivationOps::prelu);
    all.put("Softmax", ActivationOps::softmax);
    all.put("LogSoftmax", ActivationOps::logSoftmax);
  }

  private static void plain(Map<String, Operators.Operator> all, String type, Layer layer) {
    all.put(type, (node, scope) -> layer(node, scope, layer));
  }

  private static Value layer(OpNode node, Scope scope, Layer layer) {
    return ArithmeticOps.layer(node, scope, layer);
  }

  private static Value selu(OpNode node, Scope scope) {
    Value elu = layer(node, scope, new Elu(node.real("alpha", SELU_ALPHA)));
    return scope.graph.scaled(scope.label(node), elu, node.real("gamma", SELU_GAMMA), 0);
  }

  /** PyTorch's has a slope of a sixth, which a float of the file is near to. */
  private static Value hardSigmoid(OpNode node, Scope scope) {
    float slope = (float) node.real("alpha", 0.2f);
    float shift = (float) node.real("beta", 0.5f);
    boolean torch = slope == (float) (1.0 / 6) && shift == 0.5f;
    return layer(node, scope, torch ? Activation.HARDSIGMOID : new HardSigmoid(slope, shift));
  }

  private static Value gelu(OpNode node, Scope scope) {
    boolean tanh = node.text("approximate", "none").equals("tanh");
    return layer(node, scope, tanh ? Activation.GELU : Activation.GELU_EXACT);
  }

  private static Value clip(OpNode node, Scope scope) {
    boolean attributes = scope.opset < 11;
    double least =
        attributes
            ? node.real("min", Double.NEGATIVE_INFINITY)
            : bound(scope.optional(node, 1), Double.NEGATIVE_INFINITY);
    double greatest =
        attributes
            ? node.real("max", Double.POSITIVE_INFINITY)
            : bound(scope.optional(node, 2), Double.POSITIVE_INFINITY);
    return clamp(node, scope, scope.get(node.input(0)), least, greatest);
  }

  private static double bound(Optional<Tensor> tensor, double otherwise) {
    return tensor.isPresent() ? tensor.get().number() : otherwise;
  }

  private static Value clamp(OpNode node, Scope scope, Value x, double least, double greatest) {
    double from = least <= -Float.MAX_VALUE ? Double.NEGATIVE_INFINITY : least;
    double to = greatest >= Float.MAX_VALUE ? Double.POSITIVE_INFINITY : greatest;
    Layer layer = new Clamp(from, to);
    if (from == 0 && to == 6) {
      layer = Activation.RELU6;
    } else if (from == 0 && to == Double.POSITIVE_INFINITY) {
      layer = Activation.RELU;
    }
    return scope.graph.add(scope.label(node), layer, x, x.dims());
  }

  /** The greater, or the smaller, of an array and a number. */
  private static Value bounded(OpNode node, Scope scope, boolean greater) {
    if (node.inputs().size() != 2) {
      throw new IllegalArgumentException("reads " + node.inputs().size() + " arrays");
    }
    Value a = scope.get(node.input(0));
    Value b = scope.get(node.input(1));
    if (greater && !(a instanceof Computed) && !(b instanceof Computed)) {
      return ConstantOps.compared(node, scope, ActivationOps::longer);
    }
    if (!(a instanceof Computed) == !(b instanceof Computed)) {
      throw new IllegalArgumentException("compares two arrays");
    }
    Value x = a instanceof Computed ? a : b;
    double bound = scope.constant(a instanceof Computed ? b : a, "bound").number();
    return greater
        ? clamp(node, scope, x, bound, Double.POSITIVE_INFINITY)
        : clamp(node, scope, x, Double.NEGATIVE_INFINITY, bound);
  }

  /** The greater of two lengths, for every number of examples from one on. */
  private static Dim longer(Dim a, Dim b) {
    if (a.fixed() && b.fixed()) {
      return Dim.of(Math.max(a.constant(), b.constant()));
    }
    return a.equals(Dim.of(1)) ? b : a.equals(b) || b.equals(Dim.of(1)) ? a : Dim.OPEN;
  }

  private static Value prelu(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    Tensor slope = scope.constant(node, 1);
    long channels = slope.length();
    int rank = slope.rank();
    boolean perChannel =
        x.rank() > 1
            && x.shape().get(1).equals(Dim.of(channels))
            && ((rank == x.rank() - 1 && slope.size(0) == channels)
                || (rank == x.rank() && slope.size(1) == channels));
    if (channels != 1 && !perChannel) {
      throw new IllegalArgumentException(
          "has a slope of shape " + Dim.text(Dim.shape(slope.shape())));
    }
    Prelu layer = Scope.filled(new Prelu(channels), Map.of("weight", slope.array(channels)));
    return scope.graph.add(scope.label(node), layer, x, x.shape());
  }

  /** Before opset 13, all axes from the given one on were one; the last alone is the same. */
  static int softmaxAxis(OpNode node, Scope scope, Computed x) {
    int axis = x.axis(node.number("axis", scope.opset < 13 ? 1 : -1));
    if (scope.opset < 13 && axis != x.rank() - 1) {
      boolean ones = x.shape().subList(axis + 1, x.rank()).stream().allMatch(Dim.of(1)::equals);
      if (!ones) {
        throw new IllegalArgumentException("is over several axes at once");
      }
    }
    return axis;
  }

  private static Value softmax(OpNode node, Scope scope) {
    Value x = scope.get(node.input(0));
    if (x instanceof Constant) {
      return layer(node, scope, new Softmax(Math.toIntExact(node.number("axis", -1))));
    }
    Computed computed = scope.computed(node, 0);
    return layer(node, scope, new Softmax(softmaxAxis(node, scope, computed)));
  }

  private static Value logSoftmax(OpNode node, Scope scope) {
    Value shares = softmax(node, scope);
    return scope.graph.add(scope.label(node), MathFunction.LOG, shares, shares.dims());
  }

  /**
   * Whether an operator at the end makes probabilities of the logits that losses want: over other
   * axes than that of the examples.
   */
  static boolean endsInProbabilities(OpNode node, Scope scope) {
    return List.of("Softmax", "LogSoftmax").contains(node.type())
        && scope.get(node.input(0)) instanceof Computed x
        && !x.shape().get(softmaxAxis(node, scope, x)).equals(Dim.BATCH);
  }
}
