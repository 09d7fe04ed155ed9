package io.bayes4j.layers.posterior;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Loss;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Predictor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A packed ensemble: M small networks in one, side by side in the groups of its layers, trained and
 * asked in one pass (Laurent et al. 2023, "Packed-Ensembles for Efficient Uncertainty Estimation").
 *
 * <pre>{@code
 * Packed packed = Packed.of(4, 2, 1);
 * Layer model =
 *     Sequential.of(
 *         packed.first(784, 200, init), Activation.RELU, packed.last(200, 10, init));
 * Trainer.of(model, packed.loss(Losses.crossEntropy()), data).build().fit();
 * Prediction prediction = packed.predictor(model).classify(x);
 * }</pre>
 *
 * <p>Widths are those of the one network that it stands in for: a layer of that width has alpha
 * times as many units, rounded up to a multiple of M gamma, in M gamma groups, so that it has about
 * alpha^2 / (M gamma) of the weights. With gamma 1 the members share nothing but the first layer's
 * input. Layers without weights, activations, pools and batch normalisation, are the usual ones.
 */
public final class Packed {
  /** How far above a whole number of groups a width may come out by rounding alone. */
  private static final double SLACK = 1e-9;

  private final int members;
  private final double alpha;
  private final int gamma;

  private Packed(int members, double alpha, int gamma) {
    this.members = members;
    this.alpha = alpha;
    this.gamma = gamma;
  }

  /**
   * A way to pack.
   *
   * @param members M, number of networks
   * @param alpha how much wider than one network all are together; 2 is usual
   * @param gamma groups within each member; 1 for none
   * @throws IllegalArgumentException if a number is not above zero, or alpha not finite
   */
  public static Packed of(int members, double alpha, int gamma) {
    Require.positive((long) members, "members");
    Require.positive(alpha, "alpha");
    Require.positive((long) gamma, "gamma");
    Require.argument(
        (long) members * gamma <= Integer.MAX_VALUE,
        "members times gamma must fit into an int, got %d * %d",
        members,
        gamma);
    return new Packed(members, alpha, gamma);
  }

  /**
   * Units of all members together, for a layer of some units.
   *
   * @throws IllegalArgumentException if units is not above zero
   */
  public long width(long units) {
    Require.positive(units, "units");
    long groups = (long) members * gamma;
    return groups * (long) Math.ceil(alpha * units / groups - SLACK);
  }

  /** A dense first layer, which all members read the same inputs with: [N, inputs]. */
  public Layer first(long inputs, long units, Init init) {
    return new Linear(inputs, width(units), init);
  }

  /** A dense layer between others of this way to pack: from width(inputs) to width(units). */
  public Layer linear(long inputs, long units, Init init) {
    Require.positive(inputs, "inputs");
    return grouped(width(inputs), width(units), members * gamma, init);
  }

  /** A dense last layer, [N, M outputs], member after member. */
  public Layer last(long inputs, long outputs, Init init) {
    Require.positive(inputs, "inputs");
    Require.positive(outputs, "outputs");
    return grouped(width(inputs), members * outputs, members, init);
  }

  private static Layer grouped(long from, long to, int groups, Init init) {
    return Sequential.of(
        Reshape.of(0, from, 1),
        new Conv1d(ConvSpec.conv1d(from, to, 1).withGroups(groups), init),
        Reshape.of(0, to));
  }

  /**
   * A first convolution, which all members read the same images with.
   *
   * @throws IllegalArgumentException if it has groups
   */
  public Layer firstConv2d(ConvSpec spec, Init init) {
    requireOneGroup(spec);
    return new Conv2d(resized(spec, spec.inChannels(), 1), init);
  }

  /**
   * A convolution between others of this way to pack.
   *
   * @throws IllegalArgumentException if it has groups already
   */
  public Layer conv2d(ConvSpec spec, Init init) {
    requireOneGroup(spec);
    return new Conv2d(resized(spec, width(spec.inChannels()), members * gamma), init);
  }

  private static void requireOneGroup(ConvSpec spec) {
    Require.nonNull(spec, "spec");
    Require.argument(spec.groups() == 1, "spec must have one group, got %d", spec.groups());
  }

  private ConvSpec resized(ConvSpec spec, long inChannels, int groups) {
    return new ConvSpec(
        inChannels,
        width(spec.outChannels()),
        spec.kernel(),
        spec.stride(),
        spec.padding(),
        spec.samePadding(),
        spec.paddingMode(),
        spec.outputPadding(),
        spec.dilation(),
        groups,
        spec.bias());
  }

  /** The mean of a loss over the members, each against the same targets. */
  public Loss loss(Loss each) {
    Require.nonNull(each, "each");
    return new Loss() {
      @Override
      public Var of(Var output, INDArray targets) {
        return mean(output, member -> each.of(member, targets));
      }

      @Override
      public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
        return mean(output, member -> each.weighted(member, targets, weights));
      }

      /** Those of the members, averaged. */
      @Override
      public Map<String, Double> metrics(INDArray output, INDArray targets) {
        Require.open(output, "output");
        Map<String, Double> sums = new LinkedHashMap<>();
        for (Var part : parts(Var.constant(output))) {
          each.metrics(part.value(), targets)
              .forEach((name, value) -> sums.merge(name, value / members, Double::sum));
        }
        return sums;
      }

      @Override
      public String toString() {
        return "Packed(" + members + ", " + each + ")";
      }
    };
  }

  private Var mean(Var output, UnaryOperator<Var> loss) {
    Require.open(output, "output");
    Var sum = parts(output).stream().map(loss).reduce(Ops::add).orElseThrow();
    return Ops.scale(sum, 1.0 / members);
  }

  /** The columns of each member. */
  private List<Var> parts(Var output) {
    requireMembers(output.shape());
    long own = output.size(1) / members;
    return IntStream.range(0, members)
        .mapToObj(member -> Ops.slice(output, 1, member * own, (member + 1) * own))
        .toList();
  }

  private void requireMembers(long... shape) {
    Require.argument(
        shape.length == 2 && shape[1] % members == 0,
        "output must be [N, %d times outputs], one part for each member, got shape %s",
        members,
        Require.text(shape));
  }

  /**
   * Predictions with a draw for each member.
   *
   * @param model which ends in {@link #last}
   */
  public Predictor predictor(Layer model) {
    Require.nonNull(model, "model");
    MonteCarlo once = MonteCarlo.atMean(model);
    return x -> {
      INDArray all = once.outputs(x);
      long n = all.size(1);
      requireMembers(Arrays.copyOfRange(all.shape(), 1, all.rank()));
      Var parts = Ops.reshape(Var.constant(all), n, members, all.size(2) / members);
      return Detached.copy(Ops.permute(parts, 1, 0, 2).value());
    };
  }

  @Override
  public String toString() {
    return "Packed(" + members + ", " + alpha + ", " + gamma + ")";
  }
}
