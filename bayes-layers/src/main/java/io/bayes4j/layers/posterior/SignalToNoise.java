package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Prunes a Bayesian network by the signal-to-noise ratio |mu| / sigma of its weights: those that
 * the data have said least about go first (Blundell et al. 2015, section 5.1 and table 2).
 *
 * <p>All weights and biases of the model are ranked together. A pruned one is 0 in every draw and
 * stays so: training the model on does not move it. It is no random number any more, hence no part
 * of the KL divergence, and a saved model keeps it so.
 */
public final class SignalToNoise {
  private SignalToNoise() {}

  /**
   * What was pruned.
   *
   * @param weights number of all Bayesian weights
   * @param pruned number of those that are pruned now
   * @param threshold greatest ratio among those that were pruned; 0 if none was
   * @param shares pruned share of each tensor of weights, by path
   */
  public record Pruning(long weights, long pruned, double threshold, Map<String, Double> shares) {
    /** Copies the map. */
    public Pruning {
      Require.entries(shares, "shares");
      shares = Map.copyOf(shares);
    }

    /** Pruned share of all weights. */
    public double share() {
      return (double) pruned / weights;
    }

    /** Share of all weights that is left. */
    public double remaining() {
      return (double) (weights - pruned) / weights;
    }
  }

  /**
   * A model's figure with a share of its weights pruned.
   *
   * @param pruning what was pruned
   * @param figure what was measured
   */
  public record Point(Pruning pruning, double figure) {
    /** Checks the parts. */
    public Point {
      Require.nonNull(pruning, "pruning");
    }
  }

  /**
   * The ratio |mu| / sigma of every weight, by path; 0 where mu is 0.
   *
   * @throws IllegalArgumentException if a mean or spread is not finite
   */
  public static Map<String, INDArray> of(Layer model) {
    Require.nonNull(model, "model");
    Map<String, INDArray> ratios = new LinkedHashMap<>();
    distributions(model)
        .forEach(
            (path, weights) ->
                ratios.put(
                    path,
                    Detached.of(ratios(path, weights.posterior()), weights.posterior().shape())));
    return ratios;
  }

  /**
   * Prunes the share of the weights with the least ratios, to the nearest whole number of weights.
   * What is pruned already has the ratio 0, counts, and stays pruned.
   *
   * @param share in [0, 1]
   * @throws IllegalArgumentException if the share is not in [0, 1], the model has no Bayesian
   *     weights, or one is not finite; nothing is changed then
   */
  public static Pruning prune(Layer model, double share) {
    Require.nonNull(model, "model");
    Require.probability(share, "share");
    return ModelAccess.changing(model, () -> pruneAlone(model, share));
  }

  private static Pruning pruneAlone(Layer model, double share) {
    Map<String, VariationalParameter> all = distributions(model);
    Map<String, float[]> ratios = new LinkedHashMap<>();
    all.forEach((path, weights) -> ratios.put(path, ratios(path, weights.posterior())));
    float[] ranked = ranked(ratios);
    int count = (int) Math.round(share * ranked.length);
    float threshold = count == 0 ? 0 : ranked[count - 1];
    // Of equal ratios at the threshold as many go as the share allows, in the order of the layers.
    int equals = count - below(ranked, threshold);
    Map<String, Double> shares = new LinkedHashMap<>();
    long pruned = 0;
    for (Map.Entry<String, float[]> entry : ratios.entrySet()) {
      GaussianPosterior posterior = Require.entry(all, entry.getKey()).posterior();
      Choice choice = Choice.of(entry.getValue(), threshold, equals);
      equals -= choice.equals();
      BitSet gone = choice.withPrunedBefore(posterior);
      posterior.prune(kept(gone, posterior.shape()));
      pruned += gone.cardinality();
      shares.put(entry.getKey(), (double) gone.cardinality() / entry.getValue().length);
    }
    return new Pruning(ranked.length, pruned, threshold, shares);
  }

  /**
   * A figure of the model, such as its accuracy on test data, for several pruned shares. The model
   * is afterwards what it was before; nothing else may use it meanwhile.
   *
   * @param shares each in [0, 1]
   * @param figure measures the pruned model
   * @throws IllegalArgumentException as {@link #prune}
   */
  public static List<Point> curve(
      Layer model, List<Double> shares, ToDoubleFunction<Layer> figure) {
    Require.nonNull(model, "model");
    Require.elements(shares, "shares");
    Require.nonNull(figure, "figure");
    return ModelAccess.reserving(
        model, "being pruned for a curve", () -> points(model, shares, figure));
  }

  private static List<Point> points(
      Layer model, List<Double> shares, ToDoubleFunction<Layer> figure) {
    Map<String, INDArray> own = StateDict.copyOf(model);
    List<Point> points = new ArrayList<>();
    try {
      for (double share : shares) {
        Pruning pruning = prune(model, share);
        points.add(new Point(pruning, figure.applyAsDouble(model)));
        StateDict.load(model, own);
      }
    } finally {
      StateDict.load(model, own);
    }
    return List.copyOf(points);
  }

  private static Map<String, VariationalParameter> distributions(Layer model) {
    Map<String, VariationalParameter> all = Kl.distributions(model);
    Require.argument(!all.isEmpty(), "model must have Bayesian weights, got %s", model);
    return all;
  }

  private static float[] ratios(String path, GaussianPosterior posterior) {
    Finite.require(path + ".mu", posterior.mu().value());
    Finite.require(path + ".rho", posterior.rho().value());
    // Not mu itself: an optimizer's rounding moves it from zero, which no draw shows.
    float[] ratios = Detached.copy(posterior.mean().value()).data().asFloat();
    float[] sigmas = Detached.copy(posterior.sigma()).data().asFloat();
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = ratios[i] == 0 ? 0 : Math.abs(ratios[i]) / sigmas[i];
    }
    return ratios;
  }

  private static float[] ranked(Map<String, float[]> ratios) {
    float[] all = new float[ratios.values().stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : ratios.values()) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    Arrays.parallelSort(all);
    return all;
  }

  private static int below(float[] ranked, float threshold) {
    int below = 0;
    while (below < ranked.length && ranked[below] < threshold) {
      below++;
    }
    return below;
  }

  private static INDArray kept(BitSet gone, long... shape) {
    float[] marks = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < marks.length; i++) {
      marks[i] = gone.get(i) ? 0 : 1;
    }
    return Detached.of(marks, shape);
  }

  /** Which weights of a tensor go: those below the threshold, and some that are at it. */
  private record Choice(BitSet places, int equals) {
    static Choice of(float[] ratios, float threshold, int mostEquals) {
      BitSet places = new BitSet(ratios.length);
      int equals = 0;
      for (int i = 0; i < ratios.length; i++) {
        boolean tie = ratios[i] == threshold && equals < mostEquals;
        equals += tie ? 1 : 0;
        places.set(i, tie || ratios[i] < threshold);
      }
      return new Choice(places, equals);
    }

    BitSet withPrunedBefore(GaussianPosterior posterior) {
      BitSet gone = (BitSet) places.clone();
      posterior
          .kept()
          .map(kept -> kept.data().asFloat())
          .ifPresent(
              marks ->
                  IntStream.range(0, marks.length).filter(i -> marks[i] == 0).forEach(gone::set));
      return gone;
    }
  }
}
