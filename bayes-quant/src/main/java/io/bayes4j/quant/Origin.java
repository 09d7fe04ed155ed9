package io.bayes4j.quant;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a quantized layer was made from.
 *
 * @param kind of the float layer
 * @param priors arrays of its weights' priors, as {@link io.bayes4j.layers.io.StateDict} names them
 *     in that layer; empty if they were dropped
 */
record Origin(String kind, Map<String, INDArray> priors) {
  private static final Pattern PRIOR = Pattern.compile("\\w+\\.prior\\..+");

  Origin {
    priors = Collections.unmodifiableMap(new LinkedHashMap<>(priors));
  }

  /** The arrays of a layer's priors in a network's state, by their names in the layer. */
  static Map<String, INDArray> priors(Map<String, INDArray> state, String path) {
    String prefix = path.isEmpty() ? "" : path + ".";
    Map<String, INDArray> own = new LinkedHashMap<>();
    state.forEach(
        (name, array) -> {
          String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
          if (PRIOR.matcher(rest).matches()) {
            own.put(rest, array);
          }
        });
    return own;
  }

  /** What the names of all arrays of a prior begin with that has one of a name. */
  static String prefix(String name) {
    return name.substring(0, name.indexOf('.')) + ".prior.";
  }

  /** The same arrays, and those of the priors behind them. */
  Map<String, INDArray> after(Map<String, INDArray> arrays) {
    Map<String, INDArray> all = new LinkedHashMap<>(arrays);
    all.putAll(priors);
    return Collections.unmodifiableMap(all);
  }
}
