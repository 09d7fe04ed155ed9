package io.bayes4j.core.uncertainty;

/**
 * Residuals of examples, whether right less the confidence, on a fine grid of confidences, for the
 * smooth calibration error.
 *
 * <p>An example's residual is shared by its two neighbours on the grid, as linear interpolation has
 * it. The reflected Gaussian kernel of width sigma keeps each cosine and shrinks it by exp(-(pi k
 * sigma)^2 / 2), so that a few of them say all.
 */
final class SmoothReliability {
  private static final int CELLS = 4096;

  /** Exponent beyond which a cosine counts for nothing. */
  private static final double VANISHED = 37;

  private static final int HALVINGS = 14;

  private final OrderFreeSums residuals = new OrderFreeSums(CELLS + 1);
  private long total;

  void add(LabelledProbabilities examples) {
    for (int i = 0; i < examples.size(); i++) {
      // Rounding may have left a confidence just above 1.
      double confidence = Math.min(1, examples.confidence(i));
      double residual = (examples.correct(i) ? 1 : 0) - confidence;
      int cell = Math.min(CELLS - 1, (int) (confidence * CELLS));
      double share = confidence * CELLS - cell;
      residuals.add(cell, (1 - share) * residual);
      residuals.add(cell + 1, share * residual);
    }
    total += examples.size();
  }

  void add(SmoothReliability other) {
    residuals.add(other.residuals);
    total += other.total;
  }

  /** The error at the width that equals it. */
  double error() {
    Series series = new Series();
    double low = 1.0 / CELLS;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = 0.5 * (low + high);
      if (series.error(middle) > middle) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return series.error(high);
  }

  /** The residuals' cosine series; coefficients are made as narrower kernels ask for them. */
  private final class Series {
    /** cos(pi i / CELLS) over a period, a power of two. */
    private final double[] table = new double[2 * CELLS];

    private final double[] coefficients = new double[CELLS + 1];
    private int known;

    Series() {
      for (int i = 0; i < table.length; i++) {
        table[i] = Math.cos(Math.PI * i / CELLS);
      }
    }

    /** The integral over the confidence of the smoothed residuals' size. */
    double error(double sigma) {
      int terms = (int) Math.min(CELLS, Math.sqrt(2 * VANISHED) / (Math.PI * sigma)) + 1;
      int stride = Integer.highestOneBit((int) Math.max(1, CELLS * sigma / 16));
      extend(terms);
      double[] shrunk = new double[terms];
      for (int k = 0; k < terms; k++) {
        double exponent = Math.PI * k * sigma;
        shrunk[k] = (k == 0 ? 1 : 2) * coefficients[k] * Math.exp(-0.5 * exponent * exponent);
      }
      double integral = 0;
      for (int j = 0; j <= CELLS; j += stride) {
        double value = 0;
        for (int k = 0; k < terms; k++) {
          value += shrunk[k] * table[k * j & (table.length - 1)];
        }
        integral += Math.abs(value) * (j == 0 || j == CELLS ? 0.5 : 1);
      }
      return integral * stride / CELLS;
    }

    private void extend(int terms) {
      for (int j = 0; j <= CELLS; j++) {
        double residual = residuals.value(j) / total;
        if (residual != 0) {
          for (int k = known; k < terms; k++) {
            coefficients[k] += residual * table[k * j & (table.length - 1)];
          }
        }
      }
      known = Math.max(known, terms);
    }
  }
}
