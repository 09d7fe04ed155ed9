package io.bayes4j.layers;

/**
 * A layer each of whose outputs is one of its inputs, or zero: what it makes of means it makes of
 * variances.
 */
public interface MovesNumbers extends Layer {}
