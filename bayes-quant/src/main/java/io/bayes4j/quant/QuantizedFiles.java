package io.bayes4j.quant;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Quantized networks in safetensors files: the state, and as words what each quantized layer was
 * made from and which normalisations are part of another layer.
 */
final class QuantizedFiles {
  private static final String QUANTIZED = "quantized:";
  private static final String FOLDED = "folded:";

  private QuantizedFiles() {}

  static void save(Layer model, Path file) throws IOException {
    Map<String, String> words = new LinkedHashMap<>();
    for (Located place : Layers.of(model)) {
      if (place.layer() instanceof QuantizedLayer layer) {
        words.put(QUANTIZED + place.path(), layer.from());
      } else if (place.layer() instanceof Identity) {
        words.put(FOLDED + place.path(), "");
      }
    }
    Require.argument(
        words.keySet().stream().anyMatch(word -> word.startsWith(QUANTIZED)),
        "model must have a quantized layer; Checkpoint saves float models");
    Checkpoint.save(model, file, words);
  }

  static Layer load(Layer architecture, Path file) throws IOException {
    TensorFile content = SafeTensors.read(file);
    Map<String, String> words = content.metadata();
    try {
      Require.argument(
          words.keySet().stream().anyMatch(word -> word.startsWith(QUANTIZED)),
          "the file must hold a quantized model, but names no quantized layer");
      IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
      List<Located> places = Layers.of(architecture);
      words.forEach(
          (word, from) -> {
            if (word.startsWith(QUANTIZED)) {
              Located place = place(places, word.substring(QUANTIZED.length()));
              replacements.put(place.layer(), layer(place, from, content.tensors()));
            } else if (word.startsWith(FOLDED)) {
              Located place = place(places, word.substring(FOLDED.length()));
              boolean fits =
                  place.layer() instanceof BatchNorm || place.layer() instanceof Identity;
              Require.argument(
                  fits, "%s must be a normalisation, got %s", place.path(), place.layer());
              replacements.put(place.layer(), new Identity());
            }
          });
      Layer model = Layers.replace(architecture, replacements);
      StateDict.load(model, content.tensors());
      return model;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  static void loadPriors(Layer model, Path file) throws IOException {
    TensorFile content = SafeTensors.read(file);
    try {
      Map<String, INDArray> state = StateDict.copyOf(model);
      Map<String, INDArray> kept = new LinkedHashMap<>();
      for (String word : content.metadata().keySet()) {
        if (word.startsWith(QUANTIZED)) {
          String path = word.substring(QUANTIZED.length());
          String prefix = path.isEmpty() ? "" : path + ".";
          Origin.priors(content.tensors(), path)
              .forEach(
                  (name, array) -> {
                    state.keySet().removeIf(own -> own.startsWith(prefix + Origin.prefix(name)));
                    kept.put(prefix + name, array);
                  });
        }
      }
      Require.argument(
          !kept.isEmpty(),
          "the file must hold a quantized model that keeps its priors, as"
              + " QuantizationOptions.withPriors says, but holds none");
      state.putAll(kept);
      StateDict.load(model, state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static Located place(List<Located> places, String path) {
    return places.stream()
        .filter(place -> place.path().equals(path))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the architecture must have a layer \""
                        + path
                        + "\", it has "
                        + places.stream()
                            .map(place -> "\"" + place.path() + "\"")
                            .limit(8)
                            .collect(Collectors.joining(", "))));
  }

  private static Layer layer(Located place, String from, Map<String, INDArray> tensors) {
    Map<String, INDArray> own = new LinkedHashMap<>();
    String prefix = place.path().isEmpty() ? "" : place.path() + ".";
    tensors.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            own.put(name.substring(prefix.length()), array);
          }
        });
    own.forEach((name, array) -> requireValues(prefix + name, array));
    return QuantizedLayers.restore(place, from, own);
  }

  /** Checks that floats are such as quantization makes them. */
  private static void requireValues(String name, INDArray array) {
    boolean scale = name.endsWith("weight.scale");
    if (array.dataType() != org.nd4j.linalg.api.buffer.DataType.FLOAT) {
      return;
    }
    for (float number : FloatMemory.numbers(array, name)) {
      Require.argument(
          Float.isFinite(number) && (!scale || number >= Float.MIN_NORMAL),
          "%s must hold finite numbers%s, got %s",
          name,
          scale ? " above zero" : "",
          number);
    }
  }
}
