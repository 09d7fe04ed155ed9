package io.bayes4j.imports.onnx;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Filled;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.BatchNorm3d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.InstanceNorm;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.io.StateDict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Normalisations. */
final class NormOps {
  private static final double EPSILON = 1e-5f;

  private NormOps() {}

  static void register(Map<String, Operators.Operator> all) {
    all.put("BatchNormalization", NormOps::batch);
    all.put("InstanceNormalization", NormOps::instance);
    all.put("GroupNormalization", NormOps::group);
    all.put("LayerNormalization", NormOps::layer);
  }

  private static Value batch(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    if (node.number("training_mode", 0) != 0) {
      throw new IllegalArgumentException("is in training mode");
    }
    if (scope.get(node.input(3)) instanceof Computed mean
        && scope.get(node.input(4)) instanceof Computed variance) {
      return standardized(node, scope, x, mean, variance);
    }
    Tensor scale = scope.constant(node, 1);
    long channels = scale.length();
    // The file keeps the share of the old average, this library that of the newest batch.
    double momentum = Math.max(0, Math.min(1, 1 - node.real("momentum", 0.9f)));
    BatchNormSpec spec =
        BatchNormSpec.of(channels)
            .withEpsilon(node.real("epsilon", EPSILON))
            .withMomentum(momentum);
    Layer layer =
        switch (x.rank()) {
          case 2, 3 -> new BatchNorm1d(spec);
          case 4 -> new BatchNorm2d(spec);
          case 5 -> new BatchNorm3d(spec);
          default -> throw new IllegalArgumentException("reads " + Dim.text(x.shape()));
        };
    Map<String, INDArray> state = new HashMap<>(StateDict.of(layer));
    state.put("weight", scale.array(channels));
    state.put("bias", scope.constant(node, 2).array(channels));
    state.put("running_mean", scope.constant(node, 3).array(channels));
    state.put("running_var", scope.constant(node, 4).array(channels));
    StateDict.load(layer, state);
    return scope.graph.add(scope.label(node), layer, x, x.shape());
  }

  /**
   * (x - mean) / sqrt(variance + epsilon), where both follow from the input: how TensorFlow has
   * layer normalization, with as many channels as there are places of all examples.
   */
  private static Value standardized(
      OpNode node, Scope scope, Computed x, Computed mean, Computed variance) {
    boolean plain =
        scope.get(node.input(1)) instanceof Filled scale
            && scale.number() == 1
            && scope.get(node.input(2)) instanceof Filled shift
            && shift.number() == 0;
    if (!plain) {
      throw new IllegalArgumentException("has a scale for statistics that depend on the input");
    }
    String label = scope.label(node);
    List<Dim> shape = new ArrayList<>(Collections.nCopies(x.rank(), Dim.of(1)));
    shape.set(1, x.shape().get(1));
    Value centre = scope.graph.reshape(label + "_mean", mean, shape);
    Value room = scope.graph.scaled(label, variance, 1, node.real("epsilon", EPSILON));
    Value deviation = scope.graph.add(label, MathFunction.SQRT, room, room.dims());
    Value divisor = scope.graph.reshape(label + "_deviation", deviation, shape);
    Value difference = scope.graph.join(label, Arithmetic.SUB, List.of(x, centre), x.shape());
    return scope.graph.join(label, Arithmetic.DIV, List.of(difference, divisor), x.shape());
  }

  private static Map<String, INDArray> affine(Tensor scale, Tensor shift, long... shape) {
    return Map.of("weight", scale.array(shape), "bias", shift.array(shape));
  }

  private static Value instance(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    Tensor scale = scope.constant(node, 1);
    int channels = Math.toIntExact(scale.length());
    InstanceNorm layer = new InstanceNorm(channels, node.real("epsilon", EPSILON), true);
    Map<String, INDArray> weights = affine(scale, scope.constant(node, 2), channels);
    return scope.graph.add(scope.label(node), Scope.filled(layer, weights), x, x.shape());
  }

  /** Before opset 21 there was a scale for each group, not for each channel. */
  private static Value group(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    int groups = Math.toIntExact(node.number("num_groups", 1));
    long channels = scope.room(x.shape().subList(1, 2));
    double epsilon = node.real("epsilon", EPSILON);
    GroupNorm layer = new GroupNorm(groups, channels, epsilon, true);
    Map<String, INDArray> weights =
        affine(
            perChannel(scope.constant(node, 1), channels),
            perChannel(scope.constant(node, 2), channels),
            channels);
    return scope.graph.add(scope.label(node), Scope.filled(layer, weights), x, x.shape());
  }

  private static Tensor perChannel(Tensor tensor, long channels) {
    long length = tensor.length();
    if (length == channels) {
      return tensor;
    }
    if (length == 0 || channels % length != 0) {
      throw new IllegalArgumentException("has " + length + " scales for " + channels + " channels");
    }
    int each = (int) (channels / length);
    float[] all = tensor.floats();
    return Tensor.ofFloats(() -> Type.floats((int) channels, i -> all[i / each]), channels);
  }

  private static Value layer(OpNode node, Scope scope) {
    Computed x = scope.computed(node, 0);
    int axis = x.axis(node.number("axis", -1));
    long[] shape = x.shape().subList(axis, x.rank()).stream().mapToLong(Dim::value).toArray();
    if (node.outputs().stream().skip(1).anyMatch(scope::isRead)) {
      throw new IllegalArgumentException("hands out its statistics");
    }
    LayerNorm layer = new LayerNorm(node.real("epsilon", EPSILON), true, shape);
    Optional<Tensor> shift = scope.optional(node, 2);
    Map<String, INDArray> weights = new HashMap<>();
    weights.put("weight", scope.constant(node, 1).array(shape));
    weights.put("bias", shift.isPresent() ? shift.get().array(shape) : Detached.zeros(shape));
    if (scope.constant(node, 1).length() != Arrays.stream(shape).reduce(1, (a, b) -> a * b)) {
      throw new IllegalArgumentException("has a scale of another shape");
    }
    return scope.graph.add(scope.label(node), Scope.filled(layer, weights), x, x.shape());
  }
}
