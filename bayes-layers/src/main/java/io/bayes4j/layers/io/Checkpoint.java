package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Models in safetensors files: parameters, buffers and priors, see {@link StateDict}. The file also
 * holds words about the model, such as how it was trained, and may hold what a trainer needs to go
 * on.
 */
public final class Checkpoint {
  /** Arrays with this prefix belong to a trainer. */
  public static final String TRAINING_PREFIX = "training/";

  /** Arrays with this prefix make the model's predictions honest. */
  private static final String CALIBRATION_PREFIX = "calibration/";

  private Checkpoint() {}

  /**
   * Writes a model, under a temporary name first.
   *
   * @throws IllegalArgumentException if the model has numbers that no file may have, such as
   *     parameters that are not finite; an older file is then left as it was
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public static void save(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    save(model, file, Map.of());
  }

  /**
   * Writes a model and words about it, under a temporary name first.
   *
   * @param words about the model, stored beside it
   * @throws IllegalArgumentException if the model has numbers that no file may have, such as
   *     parameters that are not finite; an older file is then left as it was
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public static void save(Layer model, Path file, Map<String, String> words) throws IOException {
    save(model, file, words, Map.of());
  }

  /**
   * Writes a model, words about it, and the numbers of a calibration after training, under a
   * temporary name first.
   *
   * @param words about the model, stored beside it
   * @param calibration such as {@link io.bayes4j.core.uncertainty.LogitScaling#arrays}, which
   *     {@link #calibration} reads
   * @throws IllegalArgumentException if the model has numbers that no file may have, such as
   *     parameters that are not finite; an older file is then left as it was
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public static void save(
      Layer model, Path file, Map<String, String> words, Map<String, INDArray> calibration)
      throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    Require.entries(words, "words");
    Require.entries(calibration, "calibration");
    calibration.forEach((name, array) -> Require.open(array, "calibration " + name));
    ModelAccess.reading(
        model,
        () -> {
          StateDict.requireLoadable(model);
          Map<String, INDArray> all = new LinkedHashMap<>(StateDict.of(model));
          calibration.forEach((name, array) -> all.put(CALIBRATION_PREFIX + name, array));
          SafeTensors.write(file, all, words);
          return file;
        });
  }

  /**
   * The numbers of a calibration that were saved with a model, such as for {@link
   * io.bayes4j.core.uncertainty.LogitScaling#of}; empty if there are none.
   *
   * @throws IOException if the file cannot be read or is malformed
   */
  public static Map<String, INDArray> calibration(Path file) throws IOException {
    return withPrefix(CALIBRATION_PREFIX, SafeTensors.read(Require.nonNull(file, "file")));
  }

  private static Map<String, INDArray> withPrefix(String prefix, TensorFile content) {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    content
        .tensors()
        .forEach(
            (name, array) -> {
              if (name.startsWith(prefix)) {
                arrays.put(name.substring(prefix.length()), array);
              }
            });
    return arrays;
  }

  /**
   * Reads a file into a model of the same architecture, as a whole: predictions in other threads
   * see the old model or the new one.
   *
   * @return the words about the model
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException naming what is missing, unexpected or misshapen, if the file
   *     holds another architecture; the model is not changed then
   * @throws IllegalStateException if another thread is training the model, or this one is inside a
   *     prediction with it; the model is not changed then
   */
  public static Map<String, String> load(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    TensorFile content = SafeTensors.read(file);
    Map<String, INDArray> state = new LinkedHashMap<>(content.tensors());
    state
        .keySet()
        .removeIf(name -> name.startsWith(TRAINING_PREFIX) || name.startsWith(CALIBRATION_PREFIX));
    try {
      StateDict.load(model, state, new StateDict.Names(name -> name, content.unreadable()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
    return content.metadata();
  }

  /**
   * The arrays of a trainer, without their prefix.
   *
   * @throws IllegalArgumentException if the file holds none
   */
  public static Map<String, INDArray> trainingArrays(Path file, TensorFile content) {
    Require.nonNull(file, "file");
    Require.nonNull(content, "content");
    Map<String, INDArray> arrays = withPrefix(TRAINING_PREFIX, content);
    Require.argument(
        !arrays.isEmpty(), "%s must be a trainer's checkpoint, but holds a model alone", file);
    return arrays;
  }
}
