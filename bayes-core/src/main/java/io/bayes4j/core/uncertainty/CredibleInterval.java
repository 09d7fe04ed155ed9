package io.bayes4j.core.uncertainty;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The central range that holds a given share of the sampled values.
 *
 * @param lower the lower ends, float32 [batch, classes]
 * @param upper the upper ends, float32 [batch, classes]
 */
public record CredibleInterval(INDArray lower, INDArray upper) {}
