/** What all readers of model files share: what they are asked for and what they return. */
package io.bayes4j.imports.format;
