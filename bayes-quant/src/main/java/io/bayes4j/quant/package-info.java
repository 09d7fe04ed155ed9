/**
 * Inference in 8-bit integers: weights, activations and products of affine and recurrent layers,
 * with the spread of the weights kept.
 *
 * <p>Begin with {@link io.bayes4j.quant.Quantizer}{@code .calibrate(model, data)}; the {@link
 * io.bayes4j.quant.QuantizationReport} says what became of each layer. Quantized layers predict and
 * cannot be trained.
 */
@NullMarked
package io.bayes4j.quant;

import org.jspecify.annotations.NullMarked;
