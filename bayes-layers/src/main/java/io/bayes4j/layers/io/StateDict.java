package io.bayes4j.layers.io;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.Prior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * All that makes a model of an architecture this model, by name: parameters (mu and rho of Bayesian
 * weights), buffers and priors.
 *
 * <p>Names are paths of slots and PyTorch's names of arrays, such as {@code layer1.0.conv1.weight},
 * or {@code layer1.0.conv1.weight.mu} for a Bayesian weight, whose prior is {@code
 * layer1.0.conv1.weight.prior.mean} and so on; if it was pruned, {@code layer1.0.conv1.weight.kept}
 * is 0 where an element is gone.
 */
public final class StateDict {
  private StateDict() {}

  /** The model's arrays: parameters and buffers are its own, not copies. */
  public static Map<String, INDArray> of(Layer model) {
    Require.nonNull(model, "model");
    Map<String, INDArray> all = arrays(model);
    Kl.distributions(model)
        .forEach(
            (path, weights) -> {
              PriorTensors.put(path + ".prior.", weights.prior(), all);
              KeptTensors.put(path + ".kept", weights, all);
            });
    return all;
  }

  /** Copies of the model's arrays, which training does not change. */
  public static Map<String, INDArray> copyOf(Layer model) {
    Require.nonNull(model, "model");
    return ModelAccess.reading(
        model,
        () -> {
          Map<String, INDArray> copies = of(model);
          copies.replaceAll((name, array) -> Detached.copy(array));
          return copies;
        });
  }

  /**
   * Copies a state into a model, as a whole: predictions that run are waited for, and see the old
   * model; those that begin see the new one.
   *
   * @throws IllegalArgumentException naming all missing, unexpected and misshapen arrays, if the
   *     state is another architecture's, and all with numbers that no model can have, such as
   *     parameters that are not finite or a negative running variance; nothing is changed then
   * @throws IllegalStateException if another thread is training the model, or this one is inside a
   *     prediction with it; nothing is changed then
   */
  public static void load(Layer model, Map<String, INDArray> state) {
    Require.nonNull(model, "model");
    Require.entries(state, "state");
    state.forEach((name, array) -> Require.open(array, "state[" + name + "]"));
    load(model, state, Names.AS_THEY_ARE);
  }

  /** What a state's arrays are called where they come from, and which of them could not be read. */
  record Names(UnaryOperator<String> inFile, Map<String, String> unreadable) {
    static final Names AS_THEY_ARE = new Names(name -> name, Map.of());
  }

  static void load(Layer model, Map<String, INDArray> state, Names names) {
    Map<String, INDArray> own = arrays(model);
    Map<String, VariationalParameter> distributions = Kl.distributions(model);
    Map<String, INDArray> rest = new LinkedHashMap<>(state);
    List<String> problems = new ArrayList<>();
    own.forEach((name, array) -> check(name, array, rest.remove(name), names, problems));
    ValueRules.check(
        model, state, (name, rule) -> problems.add(names.inFile.apply(name) + " " + rule));
    Map<String, Prior> priors = new LinkedHashMap<>();
    Map<String, Optional<INDArray>> kept = new LinkedHashMap<>();
    distributions.forEach(
        (path, weights) -> {
          try {
            kept.put(path, KeptTensors.take(path + ".kept", weights, rest));
            priors.put(path, PriorTensors.take(path + ".prior.", weights, rest));
          } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
          }
        });
    rest.keySet()
        .forEach(name -> problems.add(names.inFile.apply(name) + " is not part of the model"));
    Require.argument(
        problems.isEmpty(), "the state does not fit the model: %s", String.join("; ", problems));
    ModelAccess.changing(
        model,
        () -> {
          own.forEach((name, array) -> Detached.copy(Require.entry(state, name), array));
          write(distributions, priors, kept);
          return model;
        });
  }

  private static void write(
      Map<String, VariationalParameter> distributions,
      Map<String, Prior> priors,
      Map<String, Optional<INDArray>> kept) {
    distributions.forEach(
        (path, weights) -> {
          weights.setPrior(Require.entry(priors, path));
          KeptTensors.assign(weights.posterior(), Require.entry(kept, path));
        });
  }

  /**
   * Checks that a model's numbers are such that {@link #load} would take them.
   *
   * @throws IllegalArgumentException naming all that are not
   */
  public static void requireLoadable(Layer model) {
    List<String> problems = new ArrayList<>();
    ValueRules.check(model, of(model), (name, rule) -> problems.add(name + " " + rule));
    Require.argument(
        problems.isEmpty(), "the model cannot be saved: %s", String.join("; ", problems));
  }

  private static void check(
      String own, INDArray array, @Nullable INDArray given, Names names, List<String> problems) {
    String name = names.inFile.apply(own);
    if (given == null && names.unreadable.containsKey(own)) {
      problems.add(name + " is of type " + names.unreadable.get(own) + ", which cannot be read");
    } else if (given == null) {
      problems.add(name + " is missing");
    } else if (!Arrays.equals(given.shape(), array.shape())) {
      problems.add(
          name
              + " must have shape "
              + Arrays.toString(array.shape())
              + ", got "
              + Arrays.toString(given.shape()));
    } else if (given.dataType() != array.dataType()) {
      problems.add(name + " must be " + array.dataType() + ", got " + given.dataType());
    }
  }

  private static Map<String, INDArray> arrays(Layer model) {
    Map<String, INDArray> all = new LinkedHashMap<>();
    Set<Parameter> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Layers.Located place : Layers.of(model)) {
      place
          .layer()
          .parameters()
          .forEach(
              (name, parameter) -> {
                if (seen.add(parameter)) {
                  all.put(place.child(name), parameter.value());
                }
              });
      place.layer().buffers().forEach((name, buffer) -> all.put(place.child(name), buffer));
    }
    return all;
  }
}
