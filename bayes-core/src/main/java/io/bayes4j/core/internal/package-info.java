/**
 * Helpers shared by the Bayes4J modules; not part of the public API and without any promise of
 * stability.
 */
@NullMarked
package io.bayes4j.core.internal;

import org.jspecify.annotations.NullMarked;
