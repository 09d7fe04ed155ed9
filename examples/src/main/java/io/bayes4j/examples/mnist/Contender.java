package io.bayes4j.examples.mnist;

import io.bayes4j.layers.predict.Predictor;

/**
 * A way to a posterior, trained and ready to predict.
 *
 * @param name of the way
 * @param predictor what it predicts with
 * @param seconds that its training took
 */
record Contender(String name, Predictor predictor, double seconds) {}
