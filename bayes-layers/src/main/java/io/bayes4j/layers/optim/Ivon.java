package io.bayes4j.layers.optim;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * IVON, the improved variational online Newton method (Shen et al. 2024, "Variational Learning is
 * Effective for Large Deep Networks"): learns the means of a Gaussian posterior as Adam learns
 * weights, and its spreads from an estimate h of the curvature, sigma = 1 / sqrt(N (h + decay)).
 *
 * <pre>{@code
 * Trainer.of(model, loss, data)
 *     .optimizer(parameters -> Ivon.of(parameters, data.size()))
 *     .learningRate(Schedule.cosine(0.1, 0, epochs))
 *     .beta(0); // the prior is in the decay
 * }</pre>
 *
 * <p>The model has Bayesian layers, whatever their priors; their means and spreads are what is
 * learned here, so that predictors, checkpoints and all else are as for any variational model. By
 * Price's theorem the curvature is the mean of the gradient by a draw times its noise, over the
 * variance; of the gradient by rho that is what {@code ivon-opt} estimates, averaged over the draws
 * of a step and over accumulated batches. The prior is N(0, 1 / (N decay)).
 *
 * <p>Parameters without a posterior, such as those of batch normalisation, are moved in the same
 * way with the square of the gradient as curvature, and are not decayed.
 */
public final class Ivon extends Optimizer {
  private static final int GRAIN = 4 * Scratch.SIZE;
  private static final String MOMENTUM = "momentum";
  private static final String CURVATURE = "curvature";
  private static final String MEAN = ".mu";
  private static final String SPREAD = ".rho";

  /** A norm of gradients from which on a step is tried before it is made. */
  private static final double LARGE = 1e3;

  /** Greatest size of a mean; beyond it training counts as diverged. */
  private static final double MOST = 1e8;

  private final double examples;
  private final double initialCurvature;
  private final double beta1;
  private final double beta2;
  private final double decay;
  private final double clipRadius;
  private final List<String> means = new ArrayList<>();
  private final List<String> plain = new ArrayList<>();

  private Ivon(
      Map<String, Parameter> parameters,
      double examples,
      double initialCurvature,
      double beta1,
      double beta2,
      double decay,
      double clipRadius) {
    super(parameters, List.of(MOMENTUM, CURVATURE));
    this.examples = Require.positive(examples, "examples");
    this.initialCurvature = Require.positiveAsFloat(initialCurvature, "initialCurvature");
    Require.argument(beta1 >= 0 && beta1 < 1, "beta1 must be in [0, 1), got %s", beta1);
    Require.argument(beta2 >= 0 && beta2 <= 1, "beta2 must be in [0, 1], got %s", beta2);
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.decay = Require.notNegative(decay, "decay");
    Require.argument(clipRadius > 0, "clipRadius must be above zero, got %s", clipRadius);
    this.clipRadius = clipRadius;
    for (String name : parameters.keySet()) {
      if (name.endsWith(MEAN) && parameter(spreadOf(name)) != null) {
        means.add(name);
      } else if (!name.endsWith(SPREAD) || parameter(meanOf(name)) == null) {
        plain.add(name);
      }
    }
    Require.argument(
        !means.isEmpty(),
        "parameters must have a posterior to be learned: pairs named .mu and .rho, got %s",
        parameters.keySet());
    start();
  }

  /**
   * IVON with usual numbers: an initial curvature of 0.1, 0.9 and 0.9995 as decays of momentum and
   * curvature, a decay of 1e-4, no clipping. Gives all posteriors their initial spread, 1 / sqrt(N
   * (0.1 + 1e-4)), at once.
   *
   * @param parameters of a model with Bayesian layers
   * @param examples N: number of training examples; a smaller one is a warmer posterior
   * @throws IllegalArgumentException if no parameter has a posterior, or examples is not finite and
   *     above zero
   */
  public static Ivon of(Map<String, Parameter> parameters, double examples) {
    return of(parameters, examples, 0.1, 0.9, 0.9995, 1e-4, Double.POSITIVE_INFINITY);
  }

  /**
   * IVON with other numbers.
   *
   * @param initialCurvature h to begin with: 0.01 to 1; the larger, the narrower the posterior and
   *     the calmer the start
   * @param beta1 share of the momentum that stays in a step
   * @param beta2 share of the curvature that stays in a step; 0.99999 for hundreds of thousands of
   *     steps, less for fewer
   * @param decay weight decay
   * @param clipRadius greatest size of a step of learning rate 1, infinite for none
   * @throws IllegalArgumentException if a number is out of range, or no parameter has a posterior;
   *     no spread is changed then
   */
  public static Ivon of(
      Map<String, Parameter> parameters,
      double examples,
      double initialCurvature,
      double beta1,
      double beta2,
      double decay,
      double clipRadius) {
    return new Ivon(parameters, examples, initialCurvature, beta1, beta2, decay, clipRadius);
  }

  private static String spreadOf(String mean) {
    return mean.substring(0, mean.length() - MEAN.length()) + SPREAD;
  }

  private static String meanOf(String spread) {
    return spread.substring(0, spread.length() - SPREAD.length()) + MEAN;
  }

  private void start() {
    means.forEach(
        name -> {
          Detached.fill(moment(name, 1), initialCurvature);
          Parameter spread = Objects.requireNonNull(parameter(spreadOf(name)));
          spread.assign(Detached.fill(Detached.like(spread.value()), rho(initialCurvature)));
        });
    plain.forEach(name -> Detached.fill(moment(name, 1), initialCurvature));
  }

  /** What softplus makes the spread of. */
  private double rho(double curvature) {
    double sigma = 1 / Math.sqrt(examples * (curvature + decay));
    return sigma > 30 ? sigma : Math.log(Math.expm1(sigma));
  }

  @Override
  public boolean hasPrior() {
    return true;
  }

  @Override
  void update(Gradients gradients, double rate, double scale, double norm) {
    List<Sweep> sweeps = sweeps(gradients, rate, scale);
    if (norm * scale > LARGE) {
      sweeps.forEach(sweep -> sweep.trial = true);
      run(sweeps);
      sweeps.forEach(Sweep::requireBounded);
      sweeps.forEach(sweep -> sweep.trial = false);
    }
    run(sweeps);
    countStep();
  }

  private List<Sweep> sweeps(Gradients gradients, double rate, double scale) {
    double correction = 1 - Math.pow(beta1, steps() + 1.0);
    List<Sweep> sweeps = new ArrayList<>();
    for (String name : means) {
      Parameter mean = Objects.requireNonNull(parameter(name));
      Parameter spread = Objects.requireNonNull(parameter(spreadOf(name)));
      boolean learned = mean.trainable() && gradients.reaches(mean.var());
      if (learned) {
        Require.state(
            spread.trainable() && gradients.reaches(spread.var()),
            "the loss must depend on %s as on %s: pass.train draws weights",
            spreadOf(name),
            name);
        sweeps.add(
            new Sweep(
                name,
                mean,
                gradients.get(mean),
                spread,
                gradients.get(spread),
                rate,
                scale,
                correction));
      }
    }
    for (String name : plain) {
      Parameter parameter = Objects.requireNonNull(parameter(name));
      if (parameter.trainable() && gradients.reaches(parameter.var())) {
        sweeps.add(
            new Sweep(
                name, parameter, gradients.get(parameter), null, null, rate, scale, correction));
      }
    }
    return sweeps;
  }

  private static void run(List<Sweep> sweeps) {
    JoinedLoop loop = new JoinedLoop();
    sweeps.forEach(sweep -> loop.add(sweep.mean.length(), GRAIN, sweep::update));
    loop.run();
  }

  /** The update of one tensor. */
  private final class Sweep {
    private final String name;
    private final FloatMemory mean;
    private final FloatMemory gradient;

    /** Null for a parameter without a posterior, as is its gradient. */
    private final @Nullable FloatMemory spread;

    private final @Nullable FloatMemory spreadGradient;
    private final FloatMemory momentum;
    private final FloatMemory curvature;
    private final double rate;
    private final double scale;
    private final double correction;

    /** Whether to look what would come out, and write nothing. */
    private boolean trial;

    private volatile @Nullable String beyond;

    Sweep(
        String name,
        Parameter mean,
        INDArray gradient,
        @Nullable Parameter spread,
        @Nullable INDArray spreadGradient,
        double rate,
        double scale,
        double correction) {
      this.name = name;
      this.mean = FloatMemory.of(mean.value(), "mean");
      this.gradient = FloatMemory.of(gradient, "gradient", this.mean.length());
      this.spread = spread == null ? null : FloatMemory.of(spread.value(), "spread");
      this.spreadGradient =
          spreadGradient == null
              ? null
              : FloatMemory.of(spreadGradient, "gradient of the spread", this.mean.length());
      this.momentum = FloatMemory.of(moment(name, 0), MOMENTUM);
      this.curvature = FloatMemory.of(moment(name, 1), CURVATURE);
      this.rate = rate * (initialCurvature + decay);
      this.scale = scale;
      this.correction = correction;
    }

    void update(long from, long to) {
      try (Scratch scratch = Scratch.open()) {
        float[] m = scratch.array();
        float[] g = scratch.array();
        float[] rho = scratch.array();
        float[] rhoGradient = scratch.array();
        float[] average = scratch.array();
        float[] h = scratch.array();
        for (long at = from; at < to; at += Scratch.SIZE) {
          int n = (int) Math.min(Scratch.SIZE, to - at);
          mean.read(at, m, n);
          gradient.read(at, g, n);
          momentum.read(at, average, n);
          curvature.read(at, h, n);
          if (spread != null && spreadGradient != null) {
            spread.read(at, rho, n);
            spreadGradient.read(at, rhoGradient, n);
          }
          change(m, g, rho, rhoGradient, average, h, n);
          if (trial) {
            look(m, average, h, n);
            continue;
          }
          mean.write(at, m, n);
          momentum.write(at, average, n);
          curvature.write(at, h, n);
          if (spread != null) {
            spread.write(at, rho, n);
          }
        }
      }
    }

    private void change(
        float[] m, float[] g, float[] rho, float[] rhoGradient, float[] average, float[] h, int n) {
      double own = spread == null ? 0 : decay;
      for (int i = 0; i < n; i++) {
        double slope = scale * g[i];
        double now = h[i];
        double seen =
            spread == null
                ? examples * slope * slope
                : examples * (now + decay) * noiseTimesGradient(rho[i], scale * rhoGradient[i]);
        double off = now - seen;
        double rest = 1 - beta2;
        double next = beta2 * now + rest * seen + 0.5 * rest * rest * off * off / (now + decay);
        average[i] = (float) (beta1 * average[i] + (1 - beta1) * slope);
        h[i] = (float) next;
        double step = (average[i] / correction + own * m[i]) / (h[i] + decay);
        m[i] -= (float) (rate * Math.max(-clipRadius, Math.min(clipRadius, step)));
        if (spread != null) {
          rho[i] = (float) rho(h[i]);
        }
      }
    }

    /**
     * sigma eps times the gradient by the draw, given that by rho, which is eps sigmoid(rho) times
     * it.
     */
    private static double noiseTimesGradient(double rho, double gradient) {
      double sigma = Math.max(rho, 0) + Math.log1p(Math.exp(-Math.abs(rho)));
      return gradient * sigma * (1 + Math.exp(-rho));
    }

    private void look(float[] m, float[] average, float[] h, int n) {
      for (int i = 0; i < n; i++) {
        boolean bounded =
            Math.abs(m[i]) <= MOST && Float.isFinite(average[i]) && Float.isFinite(h[i]);
        if (!bounded) {
          beyond = name + " would become " + m[i] + " with a curvature of " + h[i];
        }
      }
    }

    void requireBounded() {
      if (beyond != null) {
        throw new ArithmeticException("parameter " + beyond + " at the rate of " + rate);
      }
    }
  }

  @Override
  void update(float[] p, float[] g, float[][] m, int n, double rate, long step) {
    throw new UnsupportedOperationException("IVON updates means and spreads together");
  }

  @Override
  double[] momentsAfter(double[] before, double parameter, double gradient) {
    double[] unknown = new double[before.length];
    Arrays.fill(unknown, Double.POSITIVE_INFINITY);
    return unknown;
  }

  @Override
  double parameterAfter(double[] moments, double parameter, double rate, long step) {
    return Double.POSITIVE_INFINITY;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.US,
        "Ivon(examples %s, curvature %s, beta1 %s, beta2 %s, decay %s, clip %s)",
        examples,
        initialCurvature,
        beta1,
        beta2,
        decay,
        clipRadius);
  }
}
