/** Reads networks that other libraries have trained; {@link io.bayes4j.imports.ModelFile}. */
package io.bayes4j.imports;
