/** Reads the model files of Deeplearning4j, without its libraries. */
package io.bayes4j.imports.dl4j;
