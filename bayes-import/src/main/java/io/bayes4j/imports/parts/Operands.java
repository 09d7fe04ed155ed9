package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What an operation reads in order: constants, which are no parameters, and between them the inputs
 * of its layer.
 *
 * @param constants float arrays, empty where an input stands
 */
record Operands(List<Optional<INDArray>> constants) {
  Operands {
    constants = List.copyOf(Require.elements(constants, "constants"));
    constants.forEach(constant -> constant.ifPresent(array -> Require.floats(array, "constant")));
    Require.argument(
        constants.stream().anyMatch(Optional::isEmpty), "constants must leave room for an input");
  }

  static Operands of(int count, List<Optional<INDArray>> constants) {
    Operands operands = new Operands(constants);
    Require.argument(
        operands.constants.size() == count,
        "constants must be %d, empty where an input stands, got %d",
        count,
        operands.constants.size());
    return operands;
  }

  /** The constants with inputs between them. */
  List<Var> with(List<Var> inputs) {
    Require.elements(inputs, "inputs");
    long read = constants.stream().filter(Optional::isEmpty).count();
    Require.argument(
        inputs.size() == read, "inputs must be %d arrays, got %d", read, inputs.size());
    Iterator<Var> next = inputs.iterator();
    List<Var> all = new ArrayList<>();
    for (Optional<INDArray> constant : constants) {
      all.add(constant.isPresent() ? Var.constant(constant.get()) : next.next());
    }
    return all;
  }
}
