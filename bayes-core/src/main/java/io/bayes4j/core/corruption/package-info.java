/**
 * The corruptions of CIFAR-10-C: how well a model, and its uncertainty, holds up where images are
 * noisy, blurred, frozen or badly compressed.
 */
@NullMarked
package io.bayes4j.core.corruption;

import org.jspecify.annotations.NullMarked;
