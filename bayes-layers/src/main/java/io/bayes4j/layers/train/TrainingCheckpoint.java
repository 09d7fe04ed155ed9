package io.bayes4j.layers.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TensorFile;
import io.bayes4j.layers.optim.Optimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model in the middle of its training: with the optimizer's moments and the history, a run goes
 * on as if it had never stopped.
 */
final class TrainingCheckpoint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HISTORY = "bayes4j.history";
  private static final String SETTINGS = "bayes4j.settings";

  private TrainingCheckpoint() {}

  /** Settings that a resumed run must share to give the same numbers. */
  record Settings(long seed, int batchSize, int datasetSize, int samples) {
    /** What differs, as "seed 3 (now 4)". */
    List<String> differences(Settings now) {
      List<String> all = new ArrayList<>();
      compare("seed", seed, now.seed, all);
      compare("batchSize", batchSize, now.batchSize, all);
      compare("datasetSize", datasetSize, now.datasetSize, all);
      compare("samples", samples, now.samples, all);
      return all;
    }

    private static void compare(String name, long then, long now, List<String> differences) {
      if (then != now) {
        differences.add(name + " " + then + " (now " + now + ")");
      }
    }
  }

  static void save(
      Path file, Layer model, Optimizer optimizer, List<EpochRecord> history, Settings settings)
      throws IOException {
    Map<String, INDArray> arrays = new LinkedHashMap<>(StateDict.of(model));
    optimizer
        .state()
        .forEach((name, array) -> arrays.put(Checkpoint.TRAINING_PREFIX + name, array));
    Map<String, String> words = new LinkedHashMap<>();
    words.put(HISTORY, JSON.writeValueAsString(history));
    words.put(SETTINGS, JSON.writeValueAsString(settings));
    SafeTensors.write(file, arrays, words);
  }

  /**
   * Reads a run back into its model and optimizer.
   *
   * @return the history of the epochs done
   * @throws IllegalArgumentException if it is another model's or another run's
   */
  static List<EpochRecord> load(Path file, Layer model, Optimizer optimizer, Settings settings)
      throws IOException {
    TensorFile content = SafeTensors.read(file);
    Map<String, INDArray> moments = Checkpoint.trainingArrays(file, content);
    Settings saved;
    List<EpochRecord> history;
    try {
      saved = JSON.readValue(content.metadata().getOrDefault(SETTINGS, ""), Settings.class);
      history =
          JSON.readValue(
              content.metadata().getOrDefault(HISTORY, ""),
              new TypeReference<List<EpochRecord>>() {});
    } catch (JsonProcessingException e) {
      throw new IOException(
          file + ": the record of the training is malformed: " + e.getMessage(), e);
    }
    List<String> differences = saved.differences(settings);
    Require.argument(
        differences.isEmpty(),
        "%s was written with %s; a run goes on only with the settings that it began with",
        file,
        String.join(", ", differences));
    Map<String, INDArray> before = StateDict.copyOf(model);
    Checkpoint.load(model, file);
    try {
      optimizer.restore(moments);
    } catch (IllegalArgumentException e) {
      StateDict.load(model, before);
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
    return new ArrayList<>(history);
  }
}
