package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Results that are the same for every draw, kept while one input is run through a network with many
 * draws: each is computed once.
 *
 * <p>A result is settled if it was computed from the input, from parameters, which nobody changes
 * meanwhile, and from other settled results. Inputs are compared by identity.
 */
public final class DrawInvariantResults {
  /** For work that is done once: settles nothing. */
  public static final DrawInvariantResults NONE = new DrawInvariantResults();

  private final IdentityHashMap<Var, IdentityHashMap<Object, Var>> results =
      new IdentityHashMap<>();
  private final Map<Call, Var> calls = new HashMap<>();
  private final Set<Var> known = Collections.newSetFromMap(new IdentityHashMap<>());

  private DrawInvariantResults() {
    // Covers nothing.
  }

  /** Nothing but an input is settled yet. */
  public DrawInvariantResults(Var input) {
    known.add(Require.nonNull(input, "input"));
  }

  /** Whether this is the input or a settled result. */
  public boolean covers(Var x) {
    return known.contains(Require.nonNull(x, "x"));
  }

  /** What a layer or the like made of a settled x, if it has run and its result was settled. */
  public Optional<Var> find(Object operation, Var x) {
    Require.nonNull(operation, "operation");
    return Optional.ofNullable(results.get(Require.nonNull(x, "x"))).map(of -> of.get(operation));
  }

  /** Settles the result of a layer or the like. */
  public void add(Object operation, Var x, Var result) {
    Require.nonNull(operation, "operation");
    Require.nonNull(result, "result");
    results
        .computeIfAbsent(Require.nonNull(x, "x"), from -> new IdentityHashMap<>())
        .put(operation, result);
    known.add(result);
  }

  /**
   * The result of an operation: of an equal one before, if all inputs are settled.
   *
   * @param prepared knows the parameters
   * @param key equal for operations that compute the same of the same inputs; null for one that is
   *     like no other
   */
  Var once(
      DerivedWeights prepared, @Nullable Object key, List<Var> inputs, Supplier<Var> operation) {
    if (key == null || known.isEmpty() || !areSettled(inputs, prepared)) {
      return operation.get();
    }
    Var result = calls.computeIfAbsent(Call.of(key, inputs), unknown -> operation.get());
    known.add(result);
    return result;
  }

  private boolean areSettled(List<Var> inputs, DerivedWeights prepared) {
    for (Var input : inputs) {
      if (!covers(input) && !prepared.isParameter(input)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether numbers have been computed of the input, as in a network whose first layers are not
   * Bayesian, rather than its shape alone been changed: to compute them again would be work.
   */
  public boolean areComputed() {
    return known.stream()
        .map(Var::held)
        .anyMatch(
            value ->
                value.isKnown()
                    && known.stream()
                        .noneMatch(x -> x.held().isGiven() && value.showsMemoryOf(x.held())));
  }

  /**
   * Hands the settled values that were computed in an arena's innermost scope to the scope around
   * it. To be called before the innermost scope ends.
   */
  public void keepIn(Arena arena) {
    List<INDArray> arrays = new ArrayList<>();
    known.forEach(result -> arrays.addAll(result.held().arrays()));
    arena.keep(arrays);
  }

  /** An operation on inputs: an array of the model is the same whichever Var shows it. */
  private record Call(Object key, List<Identity> inputs) {
    static Call of(Object key, List<Var> inputs) {
      List<Identity> identities = new ArrayList<>(inputs.size());
      inputs.forEach(input -> identities.add(Identity.of(input)));
      return new Call(key, identities);
    }
  }

  /** What is the same for all that show one array from outside, and another for every result. */
  private record Identity(Object thing) {
    static Identity of(Var x) {
      return new Identity(x.held().isGiven() ? x.value() : x);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Identity identity && identity.thing == thing;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(thing);
    }
  }
}
