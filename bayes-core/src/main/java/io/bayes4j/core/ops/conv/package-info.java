/**
 * Convolutions, windows and padding as operations: {@link io.bayes4j.core.ops.conv.Convolutions} is
 * where to begin.
 */
@NullMarked
package io.bayes4j.core.ops.conv;

import org.jspecify.annotations.NullMarked;
