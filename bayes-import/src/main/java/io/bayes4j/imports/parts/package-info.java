/** What networks of several formats are made of beside the layers of this library. */
package io.bayes4j.imports.parts;
