/** The examples' command line. */
package io.bayes4j.examples;
