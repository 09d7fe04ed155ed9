/**
 * Convolutions, windows and padding as operations: {@link io.bayes4j.core.ops.conv.Convolutions} is
 * where to begin.
 */
package io.bayes4j.core.ops.conv;
