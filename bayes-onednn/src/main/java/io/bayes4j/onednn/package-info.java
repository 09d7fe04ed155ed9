/**
 * The heavy kernels on oneDNN, found by {@link java.util.ServiceLoader} where this module is on the
 * class path.
 */
@NullMarked
package io.bayes4j.onednn;

import org.jspecify.annotations.NullMarked;
