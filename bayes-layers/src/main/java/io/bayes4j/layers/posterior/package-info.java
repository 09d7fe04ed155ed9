/**
 * Other ways to a posterior than variational layers, and pruning by signal-to-noise ratio.
 *
 * <p>Begin with {@link io.bayes4j.layers.posterior.LastLayerLaplace} for a network that is trained
 * already, {@link io.bayes4j.layers.posterior.SwagCollector} for one in training, {@link
 * io.bayes4j.layers.posterior.Ensemble} for several. Each predicts as a {@link
 * io.bayes4j.layers.predict.Predictor}, so that nothing that uses predictions has to know which it
 * is.
 */
@NullMarked
package io.bayes4j.layers.posterior;

import org.jspecify.annotations.NullMarked;
