package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Layout;
import org.jspecify.annotations.Nullable;

/**
 * One term of what the weights make of the input, read step by step.
 *
 * @param product [N, T, width]
 * @param bias [width], or null
 * @param factors of the product and the bias
 * @param memory the product's
 */
record InputRows(Var product, @Nullable Var bias, RowFactors factors, FloatMemory memory) {
  static InputRows of(InputTerm term) {
    return new InputRows(
        term.product(),
        term.bias(),
        RowFactors.of(term.outputFactors()),
        FloatMemory.of(Layout.ROW_MAJOR.ensure(term.product().value()), "input"));
  }
}
