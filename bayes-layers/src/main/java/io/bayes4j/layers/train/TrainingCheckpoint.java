package io.bayes4j.layers.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.bayes4j.core.internal.Finite;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A model in the middle of its training: with the optimizer's moments, the history and the best
 * weights so far, a run goes on as if it had never stopped.
 */
final class TrainingCheckpoint {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private static final String HISTORY = "bayes4j.history";
  private static final String SETTINGS = "bayes4j.settings";
  private static final String OPTIMIZER = "optimizer/";
  private static final String BEST = "best/";
  private static final String LISTENER = "listener/";

  private final Path file;
  private final Layer model;
  private final Optimizer optimizer;
  private final TrainingListener listener;
  private final RunSettings settings;

  TrainingCheckpoint(
      Path file,
      Layer model,
      Optimizer optimizer,
      TrainingListener listener,
      RunSettings settings) {
    this.listener = listener;
    this.file = file;
    this.model = model;
    this.optimizer = optimizer;
    this.settings = settings;
  }

  void save(List<EpochRecord> history, BestWeights best) throws IOException {
    Map<String, INDArray> arrays = new LinkedHashMap<>(StateDict.of(model));
    optimizer
        .state()
        .forEach((name, array) -> arrays.put(Checkpoint.TRAINING_PREFIX + OPTIMIZER + name, array));
    listener
        .state()
        .forEach((name, array) -> arrays.put(Checkpoint.TRAINING_PREFIX + LISTENER + name, array));
    if (best.isOlderThan(history)) {
      best.state()
          .forEach((name, array) -> arrays.put(Checkpoint.TRAINING_PREFIX + BEST + name, array));
    }
    Map<String, String> words = new LinkedHashMap<>();
    words.put(HISTORY, JSON.writeValueAsString(history));
    words.put(SETTINGS, JSON.writeValueAsString(settings));
    SafeTensors.write(file, arrays, words);
  }

  /**
   * Reads a run back into its model and optimizer, once everything in the file has been checked.
   *
   * @param stepsOfEpoch by which the optimizer's count must fit the history
   * @return the history of the epochs done
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if it is another model's or another run's; the model is not
   *     changed then
   */
  List<EpochRecord> load(BestWeights best, int stepsOfEpoch) throws IOException {
    TensorFile content = SafeTensors.read(file);
    Map<String, INDArray> training = Checkpoint.trainingArrays(file, content);
    List<EpochRecord> history = readHistory(content);
    List<String> differences = readSettings(content).differences(settings);
    Require.argument(
        differences.isEmpty(),
        "%s was written with %s; a run goes on only with the settings that it began with",
        file,
        String.join(", ", differences));
    Map<String, INDArray> older = part(BEST, training);
    Map<String, INDArray> moments = part(OPTIMIZER, training);
    Map<String, INDArray> heard = part(LISTENER, training);
    Require.argument(
        training.isEmpty(), "%s holds arrays of no known use: %s", file, training.keySet());
    Map<String, INDArray> state = new LinkedHashMap<>(content.tensors());
    state.keySet().removeIf(name -> name.startsWith(Checkpoint.TRAINING_PREFIX));
    requireBest(older, state, best.isOlderThan(history));
    Runnable listening;
    try {
      listening = listener.restoring(heard, history.size());
      Require.argument(
          heard.isEmpty(),
          "the listener must be the one that the run began with, whose state %s is in the file",
          heard.keySet());
      optimizer.restore(moments);
      Require.argument(
          optimizer.steps() == (long) stepsOfEpoch * history.size(),
          "%d epochs of %d steps must have been made, the optimizer has made %d steps",
          history.size(),
          stepsOfEpoch,
          optimizer.steps());
      StateDict.load(model, state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
    listening.run();
    best.resume(history, older);
    return history;
  }

  private static Map<String, INDArray> part(String prefix, Map<String, INDArray> all) {
    Map<String, INDArray> part = new LinkedHashMap<>();
    all.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            part.put(name.substring(prefix.length()), array);
          }
        });
    all.keySet().removeIf(name -> name.startsWith(prefix));
    return part;
  }

  private void requireBest(
      Map<String, INDArray> best, Map<String, INDArray> state, boolean expected) {
    Require.argument(
        !expected || best.keySet().equals(state.keySet()),
        "%s must hold the best epoch's state %s, got %s",
        file,
        state.keySet(),
        best.keySet());
    best.forEach(
        (name, array) -> {
          INDArray last = state.get(name);
          Require.argument(
              last != null
                  && last.dataType() == array.dataType()
                  && Arrays.equals(last.shape(), array.shape())
                  && (array.dataType() != DataType.FLOAT || Finite.all(array)),
              "%s: the best epoch's %s must be finite and of the last one's type and shape",
              file,
              name);
        });
  }

  private RunSettings readSettings(TensorFile content) throws IOException {
    RunSettings saved = read(content, SETTINGS, new TypeReference<RunSettings>() {});
    boolean whole =
        saved.words().values().stream().noneMatch(word -> word == null)
            && saved.learningRate().starts().size() == saved.learningRate().hashes().size()
            && saved.beta().starts().size() == saved.beta().hashes().size();
    if (!whole) {
      throw malformed(SETTINGS, "must be whole", null);
    }
    return saved;
  }

  private List<EpochRecord> readHistory(TensorFile content) throws IOException {
    List<EpochRecord> history =
        new ArrayList<>(read(content, HISTORY, new TypeReference<List<EpochRecord>>() {}));
    if (history.isEmpty()) {
      throw malformed(HISTORY, "must have an epoch", null);
    }
    for (int i = 0; i < history.size(); i++) {
      EpochRecord record = history.get(i);
      if (record == null) {
        throw malformed(HISTORY, "must have no null, has one at " + i, null);
      }
      if (record.epoch() != i + 1) {
        throw malformed(
            HISTORY, "must have epoch " + (i + 1) + " at " + i + ", has " + record.epoch(), null);
      }
      for (double figure :
          new double[] {
            record.loss(),
            record.negativeLogLikelihood(),
            record.kl(),
            record.learningRate(),
            record.gradientNorm(),
            record.seconds()
          }) {
        if (!Double.isFinite(figure)) {
          throw malformed(
              HISTORY, "must have finite figures, has " + figure + " in epoch " + (i + 1), null);
        }
      }
    }
    return history;
  }

  private <T> T read(TensorFile content, String key, TypeReference<T> type) throws IOException {
    T value;
    try {
      value = JSON.readValue(content.metadata().getOrDefault(key, ""), type);
    } catch (JsonProcessingException e) {
      throw malformed(key, "cannot be read: " + e.getOriginalMessage(), e);
    }
    if (value == null) {
      throw malformed(key, "must not be null", null);
    }
    return value;
  }

  private IOException malformed(String key, String rule, @Nullable Exception cause) {
    return new IOException(
        file + ": the record of the training is malformed: " + key + " " + rule, cause);
  }
}
