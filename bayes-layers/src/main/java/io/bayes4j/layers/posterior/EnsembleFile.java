package io.bayes4j.layers.posterior;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The members of an ensemble as one file. */
final class EnsembleFile {
  private static final String PREFIX = "member.";
  private static final Pattern NAME = Pattern.compile("member\\.(0|[1-9]\\d{0,5})\\.(.+)");

  private EnsembleFile() {}

  static void save(Path file, List<Layer> members) throws IOException {
    Map<String, INDArray> all = new LinkedHashMap<>();
    for (int k = 0; k < members.size(); k++) {
      String prefix = PREFIX + k + ".";
      StateDict.requireLoadable(members.get(k));
      StateDict.of(members.get(k)).forEach((name, array) -> all.put(prefix + name, array));
    }
    SafeTensors.write(file, all, Map.of());
  }

  static Ensemble load(Path file, Supplier<? extends Layer> model) throws IOException {
    Map<Integer, Map<String, INDArray>> states = states(file, SafeTensors.read(file));
    List<Layer> members = new ArrayList<>();
    for (int k = 0; k < states.size(); k++) {
      Layer member = model.get();
      try {
        StateDict.load(member, Require.entry(states, k));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": member " + k + ": " + e.getMessage(), e);
      }
      members.add(member);
    }
    return Ensemble.of(members);
  }

  private static Map<Integer, Map<String, INDArray>> states(Path file, TensorFile content) {
    Map<Integer, Map<String, INDArray>> states = new LinkedHashMap<>();
    content
        .tensors()
        .forEach(
            (name, array) -> {
              Matcher parts = NAME.matcher(name);
              Require.argument(
                  parts.matches(),
                  "%s must be an ensemble's file, with names like member.0.weight, got %s",
                  file,
                  name);
              states
                  .computeIfAbsent(Integer.valueOf(parts.group(1)), k -> new LinkedHashMap<>())
                  .put(parts.group(2), array);
            });
    Require.argument(!states.isEmpty(), "%s must hold an ensemble, is empty", file);
    for (int k = 0; k < states.size(); k++) {
      Require.argument(
          states.containsKey(k),
          "%s must hold members 0 to %d, lacks %d",
          file,
          states.size() - 1,
          k);
    }
    return states;
  }
}
