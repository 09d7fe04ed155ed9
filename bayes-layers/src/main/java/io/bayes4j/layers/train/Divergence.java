package io.bayes4j.layers.train;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Parameter;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds where the first number that is not finite came from, by running the failed step again and
 * watching every layer.
 */
final class Divergence {
  private Divergence() {}

  static DivergedException inForward(Layer model, INDArray inputs, Pass pass, String when) {
    if (!Finite.all(inputs)) {
      return new DivergedException(when + ": the inputs of the batch are not finite");
    }
    for (Map.Entry<String, Parameter> entry : Layers.parameters(model).entrySet()) {
      if (!Finite.all(entry.getValue().value())) {
        return new DivergedException(when + ": parameter " + entry.getKey() + " is not finite");
      }
    }
    AtomicReference<String> first = new AtomicReference<>();
    Pass watched =
        pass.watchedBy(
            (path, layer, y) -> {
              if (first.get() == null && !Finite.all(y.value())) {
                first.set("layer \"" + path + "\" (" + layer + ")");
              }
            });
    Gradients.off(() -> watched.run(model, Var.constant(inputs)));
    String where = first.get();
    return new DivergedException(
        where == null
            ? when + ": the loss is not finite, although every layer's output is"
            : when + ": the output of " + where + " is not finite; try a smaller learning rate");
  }

  static DivergedException inGradients(Layer model, Gradients gradients, String when) {
    for (Map.Entry<String, Parameter> entry : Layers.parameters(model).entrySet()) {
      Var var = entry.getValue().var();
      if (gradients.reaches(var) && !Finite.all(gradients.get(var))) {
        return new DivergedException(
            when + ": the gradient of parameter " + entry.getKey() + " is not finite");
      }
    }
    return new DivergedException(
        when + ": the gradients are finite but too large for their norm to be");
  }
}
