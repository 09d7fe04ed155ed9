package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Access;
import io.bayes4j.core.internal.Require;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and changes models as wholes: a prediction sees all of a change, such as the loading of a
 * file or a step of training, or nothing of it. {@link Access} says who waits and who fails.
 */
public final class ModelAccess {
  private ModelAccess() {}

  /** Runs a piece of work while nobody changes the model. */
  public static <T, E extends Exception> T reading(Layer model, Access.Work<T, E> work) throws E {
    return reading(List.of(Require.nonNull(model, "model")), work);
  }

  /** Runs a piece of work while nobody changes any of the models. */
  public static <T, E extends Exception> T reading(
      Collection<? extends Layer> models, Access.Work<T, E> work) throws E {
    Require.elements(models, "models");
    Require.nonNull(work, "work");
    Map<String, Object> parts = parts(models);
    return Access.reading(
        parts,
        () -> {
          // Whoever waited for a conversion has other parameters to read now.
          boolean same = sameObjects(parts, parts(models));
          return same ? work.run() : reading(models, work);
        });
  }

  /**
   * Runs a piece of work that changes the model, once nobody else reads or changes it.
   *
   * @throws IllegalStateException if the model is being trained elsewhere, or this thread is
   *     predicting with it
   */
  public static <T, E extends Exception> T changing(Layer model, Access.Work<T, E> work) throws E {
    Require.nonNull(model, "model");
    Require.nonNull(work, "work");
    return Access.changing(parts(List.of(model)), work);
  }

  /**
   * Runs a piece of work that goes on changing the model: nobody else may, but predict in between.
   *
   * @param reason what is being done to it, for the messages that others get
   * @throws IllegalStateException if the model is being trained already
   */
  public static <T, E extends Exception> T reserving(
      Layer model, String reason, Access.Work<T, E> work) throws E {
    Require.nonNull(model, "model");
    Require.text(reason, "reason");
    Require.nonNull(work, "work");
    return Access.reserving(parts(List.of(model)), reason, work);
  }

  private static boolean sameObjects(Map<String, Object> a, Map<String, Object> b) {
    return a.keySet().equals(b.keySet())
        && a.entrySet().stream().allMatch(entry -> entry.getValue() == b.get(entry.getKey()));
  }

  /** What can change of models: parameters and buffers. */
  private static Map<String, Object> parts(Collection<? extends Layer> models) {
    Map<String, Object> parts = new LinkedHashMap<>();
    int number = 0;
    for (Layer model : models) {
      String prefix = models.size() == 1 ? "" : number++ + ".";
      for (Layers.Located place : Layers.of(model)) {
        for (Map.Entry<String, Parameter> entry : place.layer().parameters().entrySet()) {
          parts.put(prefix + place.child(entry.getKey()), entry.getValue());
        }
      }
      Layers.buffers(model).forEach((path, buffer) -> parts.put(prefix + path, buffer));
    }
    return parts;
  }
}
