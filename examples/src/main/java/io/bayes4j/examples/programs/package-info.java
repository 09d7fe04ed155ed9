/** One program per idea: each trains something small in a minute or two and writes a page. */
@NullMarked
package io.bayes4j.examples.programs;

import org.jspecify.annotations.NullMarked;
