package io.bayes4j.layers.train;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.optim.Optimizer;
import io.bayes4j.layers.variational.Kl;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds where the first number that is not finite came from, by running the failed step again and
 * watching every layer.
 */
final class NonFiniteDiagnosis {
  private NonFiniteDiagnosis() {}

  static DivergedException inForward(
      Layer model, INDArray inputs, Pass pass, Noise klNoise, String when) {
    if (!Finite.all(inputs)) {
      return new DivergedException(when + ": the inputs of the batch are not finite");
    }
    for (Map.Entry<String, Parameter> entry : Layers.parameters(model).entrySet()) {
      if (!Finite.all(entry.getValue().value())) {
        return new DivergedException(when + ": parameter " + entry.getKey() + " is not finite");
      }
    }
    for (Map.Entry<String, VariationalParameter> entry : Kl.distributions(model).entrySet()) {
      VariationalParameter weights = entry.getValue();
      double kl = Gradients.off(() -> Kl.term(entry.getKey(), weights, klNoise).item());
      if (!Double.isFinite(kl)) {
        return new DivergedException(
            String.format(
                Locale.US,
                "%s: the KL divergence of %s from its prior %s is %s; is the prior too narrow for"
                    + " the weights?",
                when,
                entry.getKey(),
                weights.prior(),
                kl));
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

  /**
   * Looks through all that is about to be saved and returned: arrays that no step has checked, such
   * as buffers of a user's layer, and what a listener may have written.
   */
  static void requireFinite(Layer model, Optimizer optimizer, String when) {
    Map<String, INDArray> all = new LinkedHashMap<>(StateDict.of(model));
    optimizer.state().forEach((name, array) -> all.put("optimizer's " + name, array));
    all.forEach(
        (name, array) -> {
          if (array.dataType() == DataType.FLOAT && !Finite.all(array)) {
            throw new DivergedException(
                when + ": " + name + " is not finite; nothing was saved since the epoch before");
          }
        });
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
