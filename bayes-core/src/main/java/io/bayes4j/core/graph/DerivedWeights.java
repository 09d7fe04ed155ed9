package io.bayes4j.core.graph;

import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Arena;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is made of kernels before they are used, such as a kernel with a batch normalisation folded
 * in, in a layout that the provider likes: made once for all {@linkplain Plan#scope scopes} that
 * share it.
 *
 * <p>Arrays are compared by identity, which says something only of those that nobody recycles or
 * writes into meanwhile: those named at the beginning, and those of the arena's scope, such as
 * draws and what has been made here. What is made of others is not kept. Several threads may use it
 * at once, until the arena's scope ends.
 */
public final class DerivedWeights {
  /** Keeps nothing. */
  public static final DerivedWeights NONE = new DerivedWeights(null, null, List.of(), 0, false);

  /** Those of the draw that this thread makes; unset otherwise. */
  private static final Context.Key<DerivedWeights> DRAWING = Context.ofOneThread();

  /** Where draws live; null to keep nothing. */
  private final @Nullable Arena drawn;

  /** Where that lives which is made of them. */
  private final @Nullable Arena arena;

  /** Bytes that are left for what is made. */
  private long spare;

  /** Whether what is made serves many predictions. */
  private final boolean manyPredictions;

  private final Set<INDArray> lasting = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Key, Made> made = new HashMap<>();

  private DerivedWeights(
      @Nullable Arena drawn,
      @Nullable Arena arena,
      Collection<INDArray> lasting,
      long most,
      boolean manyPredictions) {
    this.drawn = drawn;
    this.arena = arena;
    this.spare = most;
    this.manyPredictions = manyPredictions;
    this.lasting.addAll(lasting);
  }

  /**
   * Nothing made yet.
   *
   * @param arena whose current scope everything lives in
   * @param lasting arrays that nobody writes into before the scope ends, such as parameters
   */
  public static DerivedWeights in(Arena arena, Collection<INDArray> lasting) {
    Require.nonNull(arena, "arena");
    Require.elements(lasting, "lasting");
    return new DerivedWeights(arena, arena, lasting, Long.MAX_VALUE, false);
  }

  /**
   * Nothing made yet, for many predictions.
   *
   * @param drawn lasting, where the arrays live that something may be made of
   * @param made lasting, where that lives which is made
   * @param most bytes of what is made and kept; the rest is made for each use
   */
  public static DerivedWeights in(Arena drawn, Arena made, long most) {
    Require.nonNull(drawn, "drawn");
    Require.nonNull(made, "made");
    Require.argument(most >= 0, "most must be 0 or more, got %d", most);
    return new DerivedWeights(drawn, made, List.of(), most, true);
  }

  /** Makes a draw, of whose parameters something may be {@linkplain #ofDraw made} for all draws. */
  public <T> T drawing(Supplier<T> draw) {
    Require.nonNull(draw, "draw");
    DerivedWeights outer = DRAWING.get();
    DRAWING.set(this);
    try {
      return draw.get();
    } finally {
      DRAWING.set(outer);
    }
  }

  /** What draws of the same parameters share, in the {@link #drawing} of one; else nothing. */
  public static DerivedWeights ofDraw() {
    DerivedWeights here = DRAWING.get();
    return here == null ? NONE : here;
  }

  /** Whether what is made of these arrays, of which some may be null, is kept. */
  public boolean covers(List<INDArray> arrays) {
    if (arena == null) {
      return false;
    }
    for (INDArray array : arrays) {
      if (!lasts(array)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this shows an array of the model that nobody writes into before the scope ends. */
  boolean isParameter(Var x) {
    if (!x.held().isGiven()) {
      return false;
    }
    for (INDArray array : x.held().arrays()) {
      if (!lasting.contains(array) && !Snapshot.holds(array)) {
        return false;
      }
    }
    return true;
  }

  private boolean lasts(@Nullable INDArray array) {
    return array == null
        || lasting.contains(array)
        || (drawn != null && drawn.lends(array))
        || (arena != null && arena != drawn && arena.lends(array));
  }

  /**
   * What a maker makes of arrays with the current provider: a call after the first returns the
   * same, if it is kept.
   *
   * @param purpose what else the result depends on, compared by equals
   * @param from all arrays that it is made of, whose memory it takes once more
   */
  public <T> T once(Object purpose, List<INDArray> from, Supplier<T> maker) {
    return once(purpose, from, 1, maker);
  }

  /**
   * {@link #once(Object, List, Supplier)} for what takes more memory.
   *
   * @param copies how many times that of the arrays it is made of
   */
  public <T> T once(Object purpose, List<INDArray> from, int copies, Supplier<T> maker) {
    return this.<T>kept(purpose, from, copies, maker).orElseGet(maker);
  }

  /**
   * {@link #once(Object, List, Supplier)} for what pays only in many predictions: empty, and
   * nothing made, if it would not be kept for them.
   */
  public <T> Optional<T> forManyPredictions(
      Object purpose, List<INDArray> from, Supplier<T> maker) {
    return manyPredictions ? kept(purpose, from, 1, maker) : Optional.empty();
  }

  @SuppressWarnings("unchecked") // A purpose has one type of result.
  private <T> Optional<T> kept(Object purpose, List<INDArray> from, int copies, Supplier<T> maker) {
    if (!covers(from)) {
      return Optional.empty();
    }
    Key key = new Key(purpose, Kernels.provider(), from.toArray(INDArray[]::new));
    Made place = place(key, copies);
    return place == Made.NOT_KEPT
        ? Optional.empty()
        : Optional.of((T) place.value(Objects.requireNonNull(arena), maker));
  }

  private synchronized Made place(Key key, int copies) {
    return made.computeIfAbsent(key, unknown -> room(key, copies));
  }

  private Made room(Key key, int copies) {
    long bytes = 0;
    for (INDArray array : key.from) {
      bytes += array == null ? 0 : (long) copies * Float.BYTES * array.length();
    }
    if (bytes > spare) {
      return Made.NOT_KEPT;
    }
    spare -= bytes;
    return new Made();
  }

  /** A place for a result: others than those who need it do not wait while it is made. */
  private static final class Made {
    /** Of all for which there was no memory left. */
    static final Made NOT_KEPT = new Made();

    private @Nullable Object value;

    synchronized Object value(Arena arena, Supplier<?> maker) {
      if (value == null) {
        value = arena.adopt(maker);
      }
      return value;
    }
  }

  private static final class Key {
    private final Object purpose;
    private final KernelProvider provider;
    private final INDArray[] from;
    private final int hash;

    Key(Object purpose, KernelProvider provider, INDArray... from) {
      this.purpose = purpose;
      this.provider = provider;
      this.from = from;
      this.hash =
          Objects.hash(
              purpose,
              System.identityHashCode(provider),
              Arrays.stream(from).map(System::identityHashCode).toList());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && provider == key.provider
          && purpose.equals(key.purpose)
          && sameArrays(from, key.from);
    }

    private static boolean sameArrays(INDArray[] a, INDArray... b) {
      boolean same = a.length == b.length;
      for (int i = 0; same && i < a.length; i++) {
        same = a[i] == b[i];
      }
      return same;
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
