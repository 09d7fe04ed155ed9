/**
 * Normalisations as operations, over a batch, a group of channels or the last axes: {@link
 * io.bayes4j.core.ops.norm.Normalizations} is where to begin.
 */
@NullMarked
package io.bayes4j.core.ops.norm;

import org.jspecify.annotations.NullMarked;
