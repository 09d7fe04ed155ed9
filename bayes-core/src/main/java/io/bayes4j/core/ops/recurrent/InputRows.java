package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Layout;

/**
 * One term of what the weights make of the input, read step by step.
 *
 * @param term product [N, T, width] and bias [width]
 * @param factors of the product and the bias
 * @param memory the product's
 */
record InputRows(InputTerm term, RowFactors factors, FloatMemory memory) {
  static InputRows of(InputTerm term) {
    return new InputRows(
        term,
        RowFactors.of(term.outputFactors()),
        FloatMemory.of(Layout.ROW_MAJOR.ensure(term.product().value()), "input"));
  }
}
