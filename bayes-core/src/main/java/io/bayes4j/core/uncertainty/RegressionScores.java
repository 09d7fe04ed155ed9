package io.bayes4j.core.uncertainty;

/**
 * How good and how honest predicted distributions of numbers are.
 *
 * @param count how many numbers were predicted
 * @param rmse root of the mean squared distance of the targets from the means
 * @param mae mean absolute distance of the targets from the means
 * @param crps mean continuous ranked probability score, in the targets' unit
 * @param intervals coverage, width and interval score
 * @param quantileError how far shares of targets below quantiles are from the quantiles' levels, on
 *     average over the levels, 0 to 1
 */
public record RegressionScores(
    long count,
    double rmse,
    double mae,
    double crps,
    IntervalScores intervals,
    double quantileError) {}
