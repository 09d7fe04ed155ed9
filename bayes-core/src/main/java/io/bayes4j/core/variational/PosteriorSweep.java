package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.internal.GaussianWork;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Draws from many posteriors, and their divergences, computed in one loop over the elements of all:
 * most tensors of a model are too short to keep all threads busy, and what a draw and a divergence
 * both need of an element is read and computed once.
 */
public final class PosteriorSweep {
  private static final Context.Key<PosteriorSweep> CURRENT = Context.ofOneThread();

  private final IdentityHashMap<GaussianPosterior, GaussianWork> works = new IdentityHashMap<>();

  private PosteriorSweep() {}

  /**
   * Runs a piece of work in which draws and divergences are asked for, then computes them, and
   * returns the work's result. Until it returns, the values of the draws and divergences are not
   * there; nor may anybody change a posterior meanwhile.
   *
   * <p>Numbers are those that the draws and divergences have without it. Divergences that are
   * estimated, and whatever concerns pruned posteriors, are computed at once. Sweeps nest; the
   * outer one computes.
   */
  public static <T> T of(Supplier<T> work) {
    Require.nonNull(work, "work");
    if (CURRENT.get() != null) {
      return work.get();
    }
    PosteriorSweep sweep = new PosteriorSweep();
    CURRENT.set(sweep);
    T result;
    try {
      result = work.get();
    } finally {
      CURRENT.set(null);
    }
    sweep.run();
    return result;
  }

  /**
   * Runs a piece of work whose draws and divergences are computed at once, as a prior of one's own
   * needs that computes with the divergence from another.
   */
  public static <T> T now(Supplier<T> work) {
    Require.nonNull(work, "work");
    PosteriorSweep outer = CURRENT.get();
    CURRENT.set(null);
    try {
      return work.get();
    } finally {
      if (outer != null) {
        CURRENT.set(outer);
      }
    }
  }

  /** Computes something of a posterior, in the current sweep if there is one. */
  static void add(GaussianPosterior posterior, Consumer<GaussianWork> request) {
    PosteriorSweep current = CURRENT.get();
    boolean waits = current != null && posterior.keptElements() == KeptElements.ALL;
    PosteriorSweep sweep = current != null && waits ? current : new PosteriorSweep();
    request.accept(
        sweep.works.computeIfAbsent(
            posterior,
            q ->
                GaussianWork.on(
                    Snapshot.read(q.mu().value()),
                    Snapshot.read(q.rho().value()),
                    q.sharedSigma().orElse(null))));
    if (!waits) {
      sweep.run();
    }
  }

  private void run() {
    JoinedLoop loop = new JoinedLoop();
    works.values().forEach(work -> work.addTo(loop));
    loop.run();
    works.values().forEach(GaussianWork::end);
  }
}
