/**
 * The heavy kernels on oneDNN, found by {@link java.util.ServiceLoader} where this module is on the
 * class path.
 */
package io.bayes4j.onednn;
