/** Reads networks that other libraries have trained; {@link io.bayes4j.imports.ModelFile}. */
@NullMarked
package io.bayes4j.imports;

import org.jspecify.annotations.NullMarked;
