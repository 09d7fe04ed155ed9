package io.bayes4j.core.uncertainty;

/**
 * How well an uncertainty tells out-of-distribution examples from others; see {@link
 * OutOfDistribution} for the definitions.
 *
 * @param in number of in-distribution examples
 * @param out number of out-of-distribution examples
 * @param auroc area under the ROC curve
 * @param auprIn area under the precision-recall curve, in-distribution examples being positive
 * @param auprOut area under the precision-recall curve, out-of-distribution examples being positive
 * @param fprAt95Tpr share of the out-of-distribution examples that pass where 95 % of the others do
 * @param detectionAccuracy accuracy of the best threshold for equally many of both kinds
 */
public record OutOfDistributionScores(
    int in,
    int out,
    double auroc,
    double auprIn,
    double auprOut,
    double fprAt95Tpr,
    double detectionAccuracy) {}
