package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients by mu and by rho of draws and divergences of the Gaussians of a tensor, summed in
 * one walk over its elements. The normals of a draw are drawn again, not kept.
 *
 * <p>A target may be the same array as the gradient of a draw.
 */
public final class GaussianGradients {
  private final GaussianWork work;
  private final List<Draw> draws = new ArrayList<>();
  private final List<Divergence> divergences = new ArrayList<>();
  private Target gradMu = Target.NONE;
  private Target gradRho = Target.NONE;

  /**
   * The gradient of a draw.
   *
   * @param aroundMean whether the draw has the mean in it
   */
  private record Draw(FloatMemory gradient, Noise noise, boolean aroundMean) {}

  private record Divergence(PriorMoments prior, float scale) {}

  /** Where a gradient goes, null for nowhere, and whether it is added to what is there. */
  private record Target(@Nullable FloatMemory memory, boolean added) {
    static final Target NONE = new Target(null, false);

    void begin(GaussianChunk chunk, float[] sum) {
      if (memory != null && added) {
        memory.read(chunk.at(), sum, chunk.n());
      } else {
        Arrays.fill(sum, 0, chunk.n(), 0f);
      }
    }

    void end(GaussianChunk chunk, float[] sum) {
      if (memory != null) {
        memory.write(chunk.at(), sum, chunk.n());
      }
    }
  }

  /** Gradients at given means and spreads, of nothing yet. */
  public GaussianGradients(INDArray mu, INDArray rho) {
    this(GaussianWork.on(mu, rho));
  }

  GaussianGradients(GaussianWork work) {
    this.work = work;
    work.add(this::add);
  }

  /**
   * Adds a draw.
   *
   * @param gradient by the draw
   * @param noise from which it was drawn
   * @param aroundMean whether it is mu + sigma * eps rather than sigma * eps
   */
  public void draw(INDArray gradient, Noise noise, boolean aroundMean) {
    draws.add(new Draw(FloatMemory.of(gradient, "gradW", work.length()), noise, aroundMean));
  }

  /**
   * Adds scale times the divergence from a prior.
   *
   * @throws IllegalArgumentException if the scale is not finite
   */
  public void divergence(PriorMoments prior, float scale) {
    Require.argument(Float.isFinite(scale), "scale must be finite, got %s", scale);
    prior.requireLength(work.length());
    divergences.add(new Divergence(prior, scale));
  }

  /**
   * Says where the gradient by mu goes; nowhere unless it is said.
   *
   * @param added whether to add it to what the array holds
   */
  public void intoMu(INDArray array, boolean added) {
    gradMu = new Target(FloatMemory.of(array, "gradMu", work.length()), added);
  }

  /**
   * Says where the gradient by rho goes; nowhere unless it is said.
   *
   * @param added whether to add it to what the array holds
   */
  public void intoRho(INDArray array, boolean added) {
    gradRho = new Target(FloatMemory.of(array, "gradRho", work.length()), added);
  }

  /** Computes elements from ... to - 1. */
  public void run(long from, long to) {
    work.run(from, to);
  }

  /** Computes all elements. */
  public void run() {
    work.run();
  }

  private void add(GaussianChunk chunk, Scratch scratch) {
    int n = chunk.n();
    float[] byMu = scratch.array();
    float[] byRho = scratch.array();
    gradMu.begin(chunk, byMu);
    gradRho.begin(chunk, byRho);
    for (Draw draw : draws) {
      float[] gradient = scratch.array();
      float[] eps = scratch.array();
      draw.gradient.read(chunk.at(), gradient, n);
      if (draw.aroundMean) {
        FloatLoops.add(byMu, gradient, n);
      }
      if (gradRho.memory != null) {
        draw.noise.normals(eps, 0, n, chunk.at());
        FloatLoops.multiply(gradient, chunk.slope(), gradient, n);
        FloatLoops.multiplyAdd(gradient, eps, byRho, byRho, n);
      }
    }
    for (Divergence divergence : divergences) {
      GaussianKl.addGradients(divergence.prior, divergence.scale, chunk, byMu, byRho, scratch);
    }
    gradMu.end(chunk, byMu);
    gradRho.end(chunk, byRho);
  }
}
