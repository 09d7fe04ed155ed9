package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which action to take where the rewards of actions are uncertain, for one who likes certainty.
 *
 * <p>Rewards are float32 [samples, batch, actions]: what each draw of the weights expects of each
 * action, higher is better. All functions throw {@link IllegalArgumentException} if they are not,
 * or not finite.
 */
public final class ActionRule {
  private final Kind kind;
  private final double amount;

  private enum Kind {
    MEAN,
    LOWER_BOUND,
    QUANTILE,
    CVAR
  }

  private ActionRule(Kind kind, double amount) {
    this.kind = kind;
    this.amount = amount;
  }

  /** The greatest mean over draws: risk does not matter. */
  public static ActionRule mean() {
    return new ActionRule(Kind.MEAN, 0);
  }

  /**
   * The greatest mean less so many standard deviations over draws (population). A number below zero
   * seeks risk: an upper bound, as a bandit that explores has it.
   *
   * @throws IllegalArgumentException if the number is not finite
   */
  public static ActionRule lowerBound(double deviations) {
    Require.argument(Double.isFinite(deviations), "deviations must be finite, got %s", deviations);
    return new ActionRule(Kind.LOWER_BOUND, deviations);
  }

  /**
   * The greatest quantile over draws, linear between order statistics (value at risk).
   *
   * @throws IllegalArgumentException if q is not in [0, 1]
   */
  public static ActionRule quantile(double q) {
    return new ActionRule(Kind.QUANTILE, Require.probability(q, "q"));
  }

  /**
   * The greatest mean over the worst share of draws (conditional value at risk: Rockafellar,
   * Uryasev, "Optimization of Conditional Value-at-Risk", 2000). A draw that is in the share in
   * part counts in part; a share of 1 is the mean.
   *
   * @param share in (0, 1]
   * @throws IllegalArgumentException if the share is out of range
   */
  public static ActionRule cvar(double share) {
    Require.argument(share > 0 && share <= 1, "share must be in (0, 1], got %s", share);
    return new ActionRule(Kind.CVAR, share);
  }

  /**
   * The rewards of actions whose worth depends on the class alone, [samples, batch, actions].
   *
   * @param probabilities float32 [samples, batch, classes] whose rows sum to 1 within 1e-3
   * @param worth [class][action], finite
   * @throws IllegalArgumentException also if the worth has not a row for each class, all of one
   *     length above zero
   */
  public static INDArray rewards(INDArray probabilities, double[][] worth) {
    Samples samples = Samples.probabilities(probabilities);
    Require.elements(worth, "worth");
    Require.argument(
        worth.length == samples.width() && worth[0].length > 0,
        "worth must have a row for each class (%d) and an action or more, got %d rows",
        samples.width(),
        worth.length);
    int actions = worth[0].length;
    for (double[] row : worth) {
      Require.argument(
          row.length == actions && Arrays.stream(row).allMatch(Double::isFinite),
          "worth must have rows of %d finite numbers, got %s",
          actions,
          Arrays.toString(row));
    }
    double[] rewards = new double[samples.count() * samples.batch() * actions];
    for (int i = 0; i < rewards.length; i++) {
      int row = i / actions;
      for (int c = 0; c < worth.length; c++) {
        double p = samples.get(row / samples.batch(), row % samples.batch(), c);
        rewards[i] += p * worth[c][i % actions];
      }
    }
    return Tensors.array(rewards, samples.count(), samples.batch(), actions);
  }

  /** What the rule holds each action worth, [batch, actions]. */
  public INDArray values(INDArray rewards) {
    Draws draws = draws(rewards);
    return draws.table(values(rewards, draws));
  }

  /** The action of each example, the lowest of equals. */
  public int[] choose(INDArray rewards) {
    Draws draws = draws(rewards);
    double[] values = values(rewards, draws);
    int[] actions = new int[draws.batch()];
    for (int i = 0; i < actions.length; i++) {
      int row = i * draws.width();
      actions[i] = Tensors.argMax(draws.width(), action -> values[row + action]);
    }
    return actions;
  }

  private static Draws draws(INDArray rewards) {
    return Draws.of(rewards, "rewards", Tensors.SAMPLES_BATCH_ACTIONS, Tensors.Bound.NONE);
  }

  private double[] values(INDArray rewards, Draws draws) {
    return switch (kind) {
      case MEAN -> draws.mean();
      case QUANTILE -> draws.quantiles(amount)[0];
      case CVAR ->
          worst(Samples.of(rewards, "rewards", Tensors.SAMPLES_BATCH_ACTIONS, Tensors.Bound.NONE));
      case LOWER_BOUND -> {
        double[] mean = draws.mean();
        double[] variance = draws.variance();
        for (int i = 0; i < mean.length; i++) {
          mean[i] -= amount * Math.sqrt(variance[i]);
        }
        yield mean;
      }
    };
  }

  private double[] worst(Samples samples) {
    double[] values = new double[samples.batch() * samples.width()];
    double[] draws = new double[samples.count()];
    for (int i = 0; i < values.length; i++) {
      for (int s = 0; s < draws.length; s++) {
        draws[s] = samples.get(s, i / samples.width(), i % samples.width());
      }
      Arrays.sort(draws);
      double left = amount * draws.length;
      double all = left;
      for (int s = 0; left > 0 && s < draws.length; s++) {
        double part = Math.min(1, left);
        values[i] += part * draws[s] / all;
        left -= part;
      }
    }
    return values;
  }

  @Override
  public String toString() {
    return "ActionRule(" + kind + (kind == Kind.MEAN ? "" : " " + amount) + ")";
  }
}
