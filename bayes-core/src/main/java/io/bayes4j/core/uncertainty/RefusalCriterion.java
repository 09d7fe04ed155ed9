package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;

/** What a {@link RefusalRule} looks at to decide whether to answer, and with which class. */
public enum RefusalCriterion {
  /** The class of the greatest median probability over samples must have one above a threshold. */
  MEDIAN_ABOVE(false) {
    @Override
    Candidates candidates(Draws draws) {
      return mostProbable(draws, draws.quantiles(0.5)[0]);
    }

    @Override
    Candidates candidates(Draws draws, Draws.Split split) {
      return candidates(draws);
    }
  },

  /** The class of the greatest mean probability over samples must have one above a threshold. */
  MEAN_ABOVE(false) {
    @Override
    Candidates candidates(Draws draws) {
      return mostProbable(draws, draws.mean());
    }

    @Override
    Candidates candidates(Draws draws, Draws.Split split) {
      return mostProbable(draws, split.mean());
    }
  },

  /**
   * The predictive entropy, in nats, must be below a threshold; the answer is the class of the
   * greatest mean probability.
   */
  PREDICTIVE_ENTROPY_BELOW(true) {
    @Override
    Candidates candidates(Draws draws) {
      return candidates(draws, draws.split());
    }

    @Override
    Candidates candidates(Draws draws, Draws.Split split) {
      return byMean(draws, split.mean(), split.predictive());
    }
  },

  /**
   * The mutual information of class and weights, in nats, must be below a threshold; the answer is
   * the class of the greatest mean probability. It refuses what the samples disagree about, and
   * answers what they agree is ambiguous.
   */
  MUTUAL_INFORMATION_BELOW(true) {
    @Override
    Candidates candidates(Draws draws) {
      return candidates(draws, draws.split());
    }

    @Override
    Candidates candidates(Draws draws, Draws.Split split) {
      return byMean(draws, split.mean(), split.information());
    }
  };

  /** Whether the threshold is an upper bound in nats, rather than a probability to exceed. */
  private final boolean inNats;

  RefusalCriterion(boolean inNats) {
    this.inNats = inNats;
  }

  abstract Candidates candidates(Draws draws);

  /** The same, with what a split of the draws has computed already. */
  abstract Candidates candidates(Draws draws, Draws.Split split);

  /** The uncertainty of {@link Candidates} that stands for a threshold; its own inverse. */
  double bound(double threshold) {
    return inNats ? threshold : -threshold;
  }

  boolean allows(double threshold) {
    return threshold >= 0 && (inNats ? Double.isFinite(threshold) : threshold <= 1);
  }

  private String rule() {
    return inNats ? "finite and >= 0 nats" : "in [0, 1]";
  }

  void requireThreshold(double threshold) {
    Require.argument(
        allows(threshold), "threshold of %s must be %s, got %s", this, rule(), threshold);
  }

  private static Candidates byMean(Draws draws, double[] mean, double[] uncertainty) {
    return new Candidates(mostProbable(draws, mean).classes, uncertainty);
  }

  private static Candidates mostProbable(Draws draws, double[] rows) {
    int[] classes = new int[draws.batch()];
    double[] uncertainty = new double[classes.length];
    for (int i = 0; i < classes.length; i++) {
      int row = i * draws.width();
      classes[i] = Tensors.argMax(draws.width(), column -> rows[row + column]);
      // Rounding may leave a certain class just above 1, where no threshold could be.
      uncertainty[i] = -Math.min(1, rows[row + classes[i]]);
    }
    return new Candidates(classes, uncertainty);
  }

  /** The class each example would be given, and how unsure that is: higher is less sure. */
  static final class Candidates {
    final int[] classes;
    final double[] uncertainty;

    Candidates(int[] classes, double[] uncertainty) {
      this.classes = classes;
      this.uncertainty = uncertainty;
    }
  }
}
