/** Where the arrays of a training step or a prediction live: recycled memory and dense layouts. */
@NullMarked
package io.bayes4j.core.memory;

import org.jspecify.annotations.NullMarked;
