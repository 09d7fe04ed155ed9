/**
 * Layers, the blocks that hold them, and the pass that runs through them.
 *
 * <p>A {@link io.bayes4j.layers.Layer} computes its output from its input in a {@link
 * io.bayes4j.layers.Pass}, which says what is wanted: training, a draw, the mean. {@link
 * io.bayes4j.layers.Sequential} and {@link io.bayes4j.layers.Block} put layers together; {@link
 * io.bayes4j.layers.AffineOp} is all that a kind of layer with weights has to state, and {@link
 * io.bayes4j.layers.Layers} walks over a model. Plain layers know nothing of posteriors, losses,
 * training or files: those are the packages below this one.
 */
@NullMarked
package io.bayes4j.layers;

import org.jspecify.annotations.NullMarked;
