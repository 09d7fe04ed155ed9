package io.bayes4j.layers.sweep;

import static io.bayes4j.core.testing.sweep.CoreExamples.array;
import static io.bayes4j.core.testing.sweep.CoreExamples.var;

import io.bayes4j.core.testing.sweep.ArgumentSweep;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.ChannelNorm;
import io.bayes4j.layers.Clamp;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.Elu;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.HardSigmoid;
import io.bayes4j.layers.InstanceNorm;
import io.bayes4j.layers.LeakyRelu;
import io.bayes4j.layers.MathFunction;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Pick;
import io.bayes4j.layers.Prelu;
import io.bayes4j.layers.Reduce;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Resize;
import io.bayes4j.layers.ScaleShift;
import io.bayes4j.layers.Slice;
import io.bayes4j.layers.Softmax;
import io.bayes4j.layers.WeightArithmetic;
import java.util.List;

/** Right arguments of graphs and of the layers that they are made of. */
final class GraphKinds {
  private GraphKinds() {}

  static void put(Examples examples) {
    examples
        .put("Graph", () -> builder().build("node"))
        .put("Graph.Builder", GraphKinds::builder)
        .put("Graph.Builder.add.inputs", () -> new String[] {"x"})
        .put("Graph.Builder.build.output", () -> "node")
        .put("Graph.Builder.add.layer", () -> Activation.RELU)
        .put("Graph.others", () -> new String[] {"other"})
        .put("Graph.inputs", () -> List.of(var(2, 3)))
        .put("MultiInputLayer", () -> Arithmetic.ADD)
        .put("Arithmetic", () -> Arithmetic.ADD)
        .put("Concat", () -> new Concat(1));
    shapes(examples);
    numbers(examples);
  }

  private static void shapes(Examples examples) {
    examples
        .put("Reshape", () -> Reshape.of(-1, 3))
        .put("Reshape.shape", () -> List.of(-1L, 3L))
        .put("Reshape.of.shape", () -> new long[] {-1, 3})
        .put("Permute", () -> Permute.of(1, 0))
        .put("Permute.axes", () -> List.of(1, 0))
        .put("Permute.of.axes", () -> new int[] {1, 0})
        .put("Reduce", () -> new Reduce(Reduce.Kind.MEAN, List.of(1), true))
        .put("Reduce.Kind", () -> Reduce.Kind.MEAN)
        .put("Reduce.axes", () -> List.of(1))
        .put("Slice", () -> Slice.of(1, 0, 2))
        .put("Pick", () -> new Pick(1, List.of(0, 1)))
        .put("Pick.indices", () -> List.of(0, 1))
        .put("Pad", () -> Pad.zeros(2, 1))
        .put("Pad.before", () -> List.of(0, 1))
        .put("Pad.after", () -> List.of(1, 0))
        .put("Pad.sides", () -> new int[] {1})
        .put("Pad.value", () -> 0.0)
        .put("AdaptiveAvgPool", () -> AdaptiveAvgPool.of(2))
        .put("AdaptiveAvgPool.lengths", () -> List.of(2))
        .put("AdaptiveAvgPool.of.lengths", () -> new int[] {2})
        .put("AdaptiveMaxPool", () -> AdaptiveMaxPool.of(2))
        .put("AdaptiveMaxPool.lengths", () -> List.of(2))
        .put("AdaptiveMaxPool.of.lengths", () -> new int[] {2})
        .put("AdaptiveMaxPool.window.axis", () -> 0)
        .put("AdaptiveMaxPool.window.number", () -> 1)
        .put("AdaptiveMaxPool.window.length", () -> 4)
        .put("Resize", () -> Resize.nearest(1, 2))
        .put("Resize.Mode", () -> Resize.Mode.LINEAR)
        .put("Resize.Places", () -> Resize.Places.HALF_PIXEL)
        .put("Resize.scales", () -> List.of(2.0))
        .put("Resize.length.axis", () -> 0)
        .put("Resize.lengths", () -> List.of());
    List.of("AdaptiveAvgPool", "AdaptiveMaxPool", "Resize", "InstanceNorm", "ChannelNorm", "Prelu")
        .forEach(kind -> examples.put(kind + ".x", () -> var(2, 3, 4)));
  }

  private static void numbers(Examples examples) {
    examples
        .put("LeakyRelu", () -> new LeakyRelu(0.1))
        .put("Elu", () -> new Elu(0.5))
        .put("Clamp", () -> new Clamp(0, 6))
        .put("Clamp.greatest", () -> 6.0)
        .put("HardSigmoid", () -> new HardSigmoid(0.2, 0.5))
        .put("ScaleShift", () -> new ScaleShift(2, 1))
        .put("Softmax", () -> new Softmax(-1))
        .put("Prelu", () -> new Prelu(3))
        .put("InstanceNorm", () -> new InstanceNorm(3))
        .put("ChannelNorm", () -> new ChannelNorm(3))
        .put("MathFunction", () -> MathFunction.EXP)
        .put("WeightArithmetic", () -> new WeightArithmetic(Arithmetic.ADD, array(3), false))
        .put("BatchWeight", () -> new BatchWeight(array(1, 3)))
        .put("BatchWeight.initial", () -> array(1, 3));
  }

  static void allow(ArgumentSweep sweep) {
    sweep
        .allow(
            "Graph.*(x) *|Arithmetic.*(x) *|Concat.*(x) *|MultiInputLayer.*(x) *|Clamp.*(x) *"
                + "|Elu.*(x) *|HardSigmoid.*(x) *|LeakyRelu.*(x) *|MathFunction.*(x) *"
                + "|ScaleShift.*(x) *|*.forward(x) rank 7|BatchWeight.new(initial) rank 7"
                + "|WeightArithmetic.*(*) scalar|WeightArithmetic.*(*) rank 7",
            "any shape")
        .allow(
            "Concat.new(axis) *|Softmax.new(axis) *|Reduce.new(axes) *|Pick.new(*|Slice.*(axis) *"
                + "|Resize.length(axis) 0",
            "checked with the input, whose rank it needs")
        .allow("AdaptiveMaxPool.window(axis) 0", "the first")
        .allow("Slice.*(from) *|Slice.*(to) *|Slice.new(step) -1", "NumPy's rules")
        .allow(
            "Clamp.*|Elu.new(alpha) 0|HardSigmoid.new(*|LeakyRelu.new(*|ScaleShift.new(*"
                + "|Pad.new(value) *|Pad.zeros(sides) *",
            "a number")
        .allow("Reshape.of(shape) element *|Resize.new(lengths) empty", "follows from the rest")
        .allow("Graph.from(others) empty", "a graph of one input")
        .allow("BatchWeight.new(initial) content*|WeightArithmetic.new(*content*", "as Parameter")
        .allow("Init.given(kernel) *", "as Parameter; the layer checks its shape")
        .allow("Graph.*(*) blank", "a name that users give")
        .without("MatMul.forward", "an inherited call with one input, of which it needs two");
  }

  private static Graph.Builder builder() {
    return Graph.from("x").add("node", Activation.RELU, "x");
  }
}
