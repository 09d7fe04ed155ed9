/**
 * Inference in 8-bit integers: weights, activations and products of affine and recurrent layers,
 * with the spread of the weights kept.
 */
@NullMarked
package io.bayes4j.quant;

import org.jspecify.annotations.NullMarked;
