package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.Kernels;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Gradients of several batches added up, in memory that stays from step to step. */
final class GradientSum {
  private final Map<Parameter, INDArray> arrays = new LinkedHashMap<>();
  private final Map<Parameter, INDArray> sums = new LinkedHashMap<>();

  void clear() {
    sums.clear();
  }

  void add(Gradients gradients, Collection<Parameter> parameters) {
    for (Parameter parameter : parameters) {
      if (!gradients.reaches(parameter.var())) {
        continue;
      }
      add(parameter, gradients.get(parameter));
    }
  }

  void add(Parameter parameter, INDArray gradient) {
    INDArray sum = sums.get(parameter);
    if (sum == null) {
      sums.put(parameter, Detached.copy(gradient, array(parameter)));
    } else {
      Kernels.addInto(sum, gradient);
    }
  }

  Gradients gradients() {
    return Gradients.ofParameters(sums);
  }

  private INDArray array(Parameter parameter) {
    return arrays.computeIfAbsent(
        parameter, p -> Detached.create(DataType.FLOAT, parameter.shape()));
  }
}
