/**
 * Predictions by Monte-Carlo sampling of the weights.
 *
 * <p>Begin with {@link io.bayes4j.layers.predict.MonteCarlo}{@code .of(model)}: it draws networks
 * and gives a {@link io.bayes4j.layers.predict.Prediction} for classes or a {@link
 * io.bayes4j.layers.predict.RegressionPrediction} for numbers. Anything that implements {@link
 * io.bayes4j.layers.predict.Predictor} can stand in its place. Predictions read a model and change
 * nothing of it.
 */
@NullMarked
package io.bayes4j.layers.predict;

import org.jspecify.annotations.NullMarked;
