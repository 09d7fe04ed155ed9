/** A network that reads handwritten digits, and says "I don't know" to what it cannot read. */
@NullMarked
package io.bayes4j.examples.mnist;

import org.jspecify.annotations.NullMarked;
