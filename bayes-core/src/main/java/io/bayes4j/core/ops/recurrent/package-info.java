/**
 * LSTM and GRU over whole sequences as one operation each: {@link
 * io.bayes4j.core.ops.recurrent.Recurrences} is where to begin. Steps run in order, examples side
 * by side.
 */
@NullMarked
package io.bayes4j.core.ops.recurrent;

import org.jspecify.annotations.NullMarked;
