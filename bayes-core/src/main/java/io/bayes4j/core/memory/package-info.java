/**
 * Where the arrays of a training step or a prediction live: recycled memory and dense layouts.
 *
 * <p>Begin with {@link io.bayes4j.core.memory.Arena}, whose scopes lend arrays and take them back,
 * and {@link io.bayes4j.core.memory.Layout}, the order of an array's elements. It does not know
 * what is computed in the arrays.
 */
@NullMarked
package io.bayes4j.core.memory;

import org.jspecify.annotations.NullMarked;
