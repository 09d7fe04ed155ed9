package io.bayes4j.core.ops.norm;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Shapes;
import java.util.Arrays;
import java.util.List;

/** Normalisation of each example by itself: over groups of channels, or over the last axes. */
public final class GroupNormalization {
  private GroupNormalization() {}

  /**
   * Group normalisation (Wu and He 2018): of each example, each group of channels is brought to
   * mean zero and variance one, then every channel is scaled and shifted.
   *
   * @param x [N, C, ...]
   * @param groups number of groups, a divisor of C
   * @param scale [C]
   * @param shift [C]
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if the shapes do not fit, groups does not divide C, or epsilon
   *     is not above zero
   */
  public static Var groupNorm(Var x, int groups, Var scale, Var shift, double epsilon) {
    Require.open(x, "x");
    Require.open(scale, "scale");
    Require.open(shift, "shift");
    Require.argument(x.rank() >= 2, "x must be [N, C, ...], got shape %s", Require.text(x.shape()));
    Require.positive(groups, "groups");
    Require.argument(
        x.size(1) % groups == 0,
        "channels (=%d) must be divisible by groups (=%d)",
        x.size(1),
        groups);
    Require.positiveAsFloat(epsilon, "epsilon");
    requireShape("scale", scale, x.size(1));
    requireShape("shift", shift, x.size(1));
    return Plan.operation(
        List.of("groupNorm", groups, epsilon),
        x.shape(),
        List.of(x, scale, shift),
        () -> {
          GroupNormKernel kernel = new GroupNormKernel(x.value(), groups, scale.value());
          return Var.result(
              kernel.forward(shift.value(), epsilon),
              List.of(x, scale, shift),
              (g, sink) -> {
                GroupNormKernel.GradientArrays all = kernel.backward(g);
                sink.add(x, all.x());
                sink.add(scale, all.scale());
                sink.add(shift, all.shift());
              });
        });
  }

  /**
   * Layer normalisation (Ba, Kiros and Hinton 2016): all elements along the last axes are brought
   * to mean zero and variance one, then every one is scaled and shifted.
   *
   * @param x [..., last axes]
   * @param scale in the shape of the last axes
   * @param shift in the shape of the last axes
   * @param epsilon added to the variance
   * @throws IllegalArgumentException if the shapes do not fit or epsilon is not above zero
   */
  public static Var layerNorm(Var x, Var scale, Var shift, double epsilon) {
    Require.open(x, "x");
    Require.open(scale, "scale");
    Require.open(shift, "shift");
    long[] shape = x.shape();
    long[] last = scale.shape();
    int first = shape.length - last.length;
    Require.argument(
        last.length > 0
            && first >= 0
            && Arrays.equals(Arrays.copyOfRange(shape, first, shape.length), last),
        "x must end in the shape %s of scale, got shape %s",
        Require.text(scale.shape()),
        Require.text(x.shape()));
    Require.argument(
        Arrays.equals(shift.shape(), last),
        "shift must have the shape %s of scale, got %s",
        Require.text(scale.shape()),
        Require.text(shift.shape()));
    long length = Shapes.product(last);
    Var rows =
        groupNorm(
            Ops.reshape(x, -1, length),
            1,
            Ops.reshape(scale, length),
            Ops.reshape(shift, length),
            epsilon);
    return Ops.reshape(rows, shape);
  }

  private static void requireShape(String name, Var perChannel, long channels) {
    Require.argument(
        Arrays.equals(perChannel.shape(), new long[] {channels}),
        "%s must have shape [%d], got %s",
        name,
        channels,
        Require.text(perChannel.shape()));
  }
}
