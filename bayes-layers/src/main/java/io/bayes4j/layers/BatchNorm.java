package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.norm.Normalizations;
import io.bayes4j.core.ops.norm.Normalizations.Normalized;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Batch normalisation (Ioffe and Szegedy 2015): in training with the batch's mean and variance,
 * which it also averages; in prediction with those running averages. Scale starts at one, shift at
 * zero. A {@link BatchNormSpec} may do without the averages, and without scale and shift.
 */
public abstract sealed class BatchNorm implements Normalization
    permits BatchNorm1d, BatchNorm2d, BatchNorm3d, BatchNorm.AnyRank {
  private final Set<Integer> ranks;
  private final BatchNormSpec spec;
  private final AffineParameters affine;
  private final Optional<RunningStatistics> statistics;

  BatchNorm(Set<Integer> ranks, BatchNormSpec spec) {
    this.ranks = ranks;
    this.spec = Require.nonNull(spec, "spec");
    this.affine = new AffineParameters(spec.affine(), spec.channels());
    this.statistics =
        spec.runningStatistics()
            ? Optional.of(new RunningStatistics(spec.channels(), spec.momentum()))
            : Optional.empty();
  }

  /** A layer with options, for [N, C] and [N, C, spatial ...] with one to three spatial axes. */
  public static BatchNorm of(BatchNormSpec spec) {
    return new AnyRank(spec);
  }

  /** That of {@link #of}. */
  static final class AnyRank extends BatchNorm {
    AnyRank(BatchNormSpec spec) {
      super(Set.of(2, 3, 4, 5), spec);
    }
  }

  /** The options. */
  public final BatchNormSpec spec() {
    return spec;
  }

  /** Empty if predictions use the statistics of their batch. */
  final Optional<RunningStatistics> statistics() {
    return statistics;
  }

  @Override
  public final Map<String, Parameter> parameters() {
    return affine.byName();
  }

  @Override
  public final Map<String, INDArray> buffers() {
    return statistics.map(RunningStatistics::byName).orElse(Map.of());
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        ranks.contains(x.rank()) && x.size(1) == spec.channels(),
        "x must be of rank %s with %d channels on axis 1, got shape %s",
        ranks,
        spec.channels(),
        Require.text(x.shape()));
    if (statistics.isPresent() && !pass.mode().batchStatistics()) {
      return Normalizations.normalize(
          x,
          affine.scale(),
          affine.shift(),
          Snapshot.read(statistics.get().mean()),
          Snapshot.read(statistics.get().variance()),
          spec.epsilon());
    }
    Normalized result = Normalizations.batchNorm(x, affine.scale(), affine.shift(), spec.epsilon());
    long size = x.size(0);
    long perChannel = Arrays.stream(x.shape()).reduce(1, Math::multiplyExact) / spec.channels();
    String place = pass.path().isEmpty() ? "" : pass.path() + ".";
    statistics.ifPresent(
        running -> {
          AtomicReference<RunningStatistics.Newest> newest = new AtomicReference<>();
          pass.defer(
              () ->
                  newest.set(
                      running.read(place, size, perChannel, result.mean(), result.variance())),
              () -> Objects.requireNonNull(newest.get()).add());
        });
    return result.y();
  }

  @Override
  public final String toString() {
    String name = this instanceof AnyRank ? "BatchNorm" : getClass().getSimpleName();
    return name + "(" + spec.channels() + ")";
  }
}
