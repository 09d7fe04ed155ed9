/**
 * The corruptions of CIFAR-10-C: how well a model, and its uncertainty, holds up where images are
 * noisy, blurred, frozen or badly compressed.
 *
 * <p>Begin with {@link io.bayes4j.core.corruption.Corruption}, which damages pictures by a kind and
 * a severity, the same for the same seed. It knows pictures, not networks.
 */
@NullMarked
package io.bayes4j.core.corruption;

import org.jspecify.annotations.NullMarked;
