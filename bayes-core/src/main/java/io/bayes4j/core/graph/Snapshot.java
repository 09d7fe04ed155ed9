package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a model was at one moment: work that runs in it reads these values in place of what the
 * model has become since.
 *
 * <p>Holds whatever has been told to it; {@link Parameter#var}, posteriors, running statistics and
 * slots ask for it. Once filled it is immutable, and any number of threads may run in it.
 */
public final class Snapshot {
  /** That of the current thread; unset for none. */
  private static final Context.Key<Snapshot> CURRENT = Context.inherited();

  private final Arena arena;
  private final IdentityHashMap<Object, Object> values = new IdentityHashMap<>();
  private final Set<Object> copies = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Nothing yet.
   *
   * @param arena lasting, where copies of arrays live
   */
  public Snapshot(Arena arena) {
    this.arena = Require.nonNull(arena, "arena");
  }

  /** Copies an array. */
  public void copy(INDArray array) {
    Require.open(array, "array");
    copies.add(
        values.computeIfAbsent(
            array, original -> Detached.copy(array, arena.adopt(() -> Arena.like(array)))));
  }

  /** Keeps what belongs to an owner, compared by identity. */
  public void keep(Object owner, Object value) {
    Require.nonNull(owner, "owner");
    Require.nonNull(value, "value");
    values.put(owner, value);
  }

  /** Runs a piece of work that reads what is kept here. */
  public <T> T in(Supplier<T> work) {
    Require.nonNull(work, "work");
    Snapshot outer = CURRENT.get();
    CURRENT.set(this);
    try {
      return work.get();
    } finally {
      CURRENT.set(outer);
    }
  }

  /** The copy of an array that the thread's snapshot holds, or else the array itself. */
  public static INDArray read(INDArray array) {
    return now(array, array);
  }

  /** Whether an array is a copy that the thread's snapshot holds. */
  static boolean holds(INDArray array) {
    Snapshot snapshot = CURRENT.get();
    return snapshot != null && snapshot.copies.contains(array);
  }

  /** What the thread's snapshot keeps for an owner, or else what belongs to it now. */
  @SuppressWarnings("unchecked") // An owner keeps one type of value.
  public static <T> T now(Object owner, T current) {
    Snapshot snapshot = CURRENT.get();
    Object kept = snapshot == null ? null : snapshot.values.get(owner);
    return kept == null ? current : (T) kept;
  }
}
