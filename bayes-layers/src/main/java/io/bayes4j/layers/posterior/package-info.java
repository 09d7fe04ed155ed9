/**
 * Other ways to a posterior than variational layers: deep ensembles, SWAG, last-layer Laplace; and
 * pruning by signal-to-noise ratio. Each predicts as {@link io.bayes4j.layers.predict.Predictor}.
 */
@NullMarked
package io.bayes4j.layers.posterior;

import org.jspecify.annotations.NullMarked;
