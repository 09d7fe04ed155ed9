package io.bayes4j.core.autograd;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Results that are the same for every draw, kept while one input is run through a network with many
 * draws: each is computed once.
 *
 * <p>A result is settled if it was computed from the input and from other settled results without
 * anything random. Operations and results are compared by identity.
 */
public final class Settled {
  private final IdentityHashMap<Var, IdentityHashMap<Object, Var>> results =
      new IdentityHashMap<>();
  private final Set<Var> known = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Nothing but an input is settled yet. */
  public Settled(Var input) {
    known.add(Require.nonNull(input, "input"));
  }

  /** Whether this is the input or a settled result. */
  public boolean covers(Var x) {
    return known.contains(Require.nonNull(x, "x"));
  }

  /** What an operation made of a settled x, if it has run and its result was settled. */
  public Optional<Var> find(Object operation, Var x) {
    Require.nonNull(operation, "operation");
    return Optional.ofNullable(results.get(Require.nonNull(x, "x"))).map(of -> of.get(operation));
  }

  /** Settles the result of an operation. */
  public void add(Object operation, Var x, Var result) {
    Require.nonNull(operation, "operation");
    Require.nonNull(result, "result");
    results
        .computeIfAbsent(Require.nonNull(x, "x"), from -> new IdentityHashMap<>())
        .put(operation, result);
    known.add(result);
  }

  /**
   * Hands the settled values that were computed in an arena's innermost scope to the scope around
   * it. To be called before the innermost scope ends.
   */
  public void keepIn(Arena arena) {
    arena.keep(
        known.stream().flatMap(result -> result.arrays().stream()).collect(Collectors.toList()));
  }
}
