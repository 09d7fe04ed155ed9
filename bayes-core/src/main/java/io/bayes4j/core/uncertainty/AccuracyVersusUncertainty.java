package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Require;

/**
 * How many examples are right or wrong, and certain or uncertain.
 *
 * <p>Krishnan, Tickoo, "Improving model calibration with accuracy versus uncertainty optimization",
 * 2020.
 *
 * @param accurateCertain right and certain (AC)
 * @param accurateUncertain right and uncertain (AU)
 * @param inaccurateCertain wrong and certain (IC)
 * @param inaccurateUncertain wrong and uncertain (IU)
 */
public record AccuracyVersusUncertainty(
    long accurateCertain,
    long accurateUncertain,
    long inaccurateCertain,
    long inaccurateUncertain) {

  /**
   * Four counts.
   *
   * @throws IllegalArgumentException if one is negative or all are zero
   */
  public AccuracyVersusUncertainty {
    Require.notNegative(accurateCertain, "accurateCertain");
    Require.notNegative(accurateUncertain, "accurateUncertain");
    Require.notNegative(inaccurateCertain, "inaccurateCertain");
    Require.notNegative(inaccurateUncertain, "inaccurateUncertain");
    Require.argument(
        accurateCertain + accurateUncertain + inaccurateCertain + inaccurateUncertain > 0,
        "counts must have at least one example, got none");
  }

  /**
   * The counts of both, as if their examples had been counted together, with one threshold.
   *
   * @throws IllegalArgumentException if other is null
   * @throws ArithmeticException if a count is above 2^63 - 1
   */
  public AccuracyVersusUncertainty merge(AccuracyVersusUncertainty other) {
    Require.nonNull(other, "other");
    return new AccuracyVersusUncertainty(
        Math.addExact(accurateCertain, other.accurateCertain),
        Math.addExact(accurateUncertain, other.accurateUncertain),
        Math.addExact(inaccurateCertain, other.inaccurateCertain),
        Math.addExact(inaccurateUncertain, other.inaccurateUncertain));
  }

  /** The share of examples that are right and certain or wrong and uncertain, 0 to 1. */
  public double avu() {
    return share(accurateCertain + inaccurateUncertain, accurateUncertain + inaccurateCertain);
  }

  /** The share of the certain examples that is right; 1 if none is certain. */
  public double accurateIfCertain() {
    return share(accurateCertain, inaccurateCertain);
  }

  /** The share of the wrong examples that is uncertain; 1 if none is wrong. */
  public double uncertainIfInaccurate() {
    return share(inaccurateUncertain, inaccurateCertain);
  }

  private static double share(long desired, long undesired) {
    return desired + undesired == 0 ? 1 : desired / (double) (desired + undesired);
  }
}
