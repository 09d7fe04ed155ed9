/** Define-by-run differentiation over ND4J arrays. */
package io.bayes4j.core.autograd;
