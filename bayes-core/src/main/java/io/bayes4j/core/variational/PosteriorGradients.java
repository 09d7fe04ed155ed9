package io.bayes4j.core.variational;

import io.bayes4j.core.graph.DeferredGradient;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.internal.GaussianGradients;
import io.bayes4j.core.variational.internal.PriorMoments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients of a posterior's parameters by way of its draws and its divergence, in one walk. */
final class PosteriorGradients implements DeferredGradient {
  private final GaussianPosterior posterior;
  private final GaussianGradients gradients;

  /** What becomes free at the end, unless a gradient takes its place. */
  private final List<INDArray> owned = new ArrayList<>();

  private PosteriorGradients(GaussianPosterior posterior) {
    this.posterior = posterior;
    this.gradients = new GaussianGradients(posterior.mu().value(), posterior.rho().value());
  }

  private static PosteriorGradients of(GaussianPosterior posterior, Gradients.Sink sink) {
    return sink.atLast(posterior, () -> new PosteriorGradients(posterior));
  }

  /**
   * Adds the gradients behind a draw.
   *
   * @param gradient by the draw
   * @param aroundMean whether the draw has the mean in it
   */
  static void draw(
      GaussianPosterior posterior,
      INDArray gradient,
      Noise noise,
      boolean aroundMean,
      Gradients.Sink sink) {
    PosteriorGradients all = of(posterior, sink);
    INDArray dense = Layout.ROW_MAJOR.ensure(gradient);
    if (sink.keep()) {
      all.owned.add(gradient);
    }
    all.gradients.draw(dense, noise, aroundMean);
  }

  /** Adds scale times the gradients of the divergence from a prior. */
  static void divergence(
      GaussianPosterior posterior, PriorMoments prior, float scale, Gradients.Sink sink) {
    of(posterior, sink).gradients.divergence(prior, scale);
  }

  @Override
  public long length() {
    return posterior.mu().value().length();
  }

  @Override
  public void start(Leaves leaves) {
    Optional<INDArray> spare = owned.stream().filter(Layout.ROW_MAJOR::describes).findFirst();
    leaves
        .target(posterior.mu().var(), spare)
        .ifPresent(
            target -> {
              owned.removeIf(array -> array == target.array());
              gradients.intoMu(target.array(), target.added());
            });
    leaves
        .target(posterior.rho().var(), Optional.empty())
        .ifPresent(target -> gradients.intoRho(target.array(), target.added()));
  }

  @Override
  public void run(long from, long to) {
    gradients.run(from, to);
  }

  @Override
  public void end() {
    owned.forEach(Arena::release);
  }
}
