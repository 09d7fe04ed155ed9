package io.bayes4j.layers.train;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Some examples of a data set.
 *
 * @param inputs one example a row
 * @param targets one target a row
 */
public record Batch(INDArray inputs, INDArray targets) {}
