package io.bayes4j.core.memory;

import io.bayes4j.core.internal.Context;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Recycled arrays: what is allocated inside a scope is reused by the next scope.
 *
 * <p>A fresh off-heap array costs a page fault for every 4 KiB it holds, which is more than most
 * operations do with it. A loop that runs each step in {@link #scope} touches the same pages again
 * and again and does not grow. An array that was allocated in a scope is invalid once the scope
 * ends, unless it is the scope's own result, which is copied out.
 *
 * <p>A scope lies outside ND4J's workspaces: no array made in it, whoever makes it, is in one.
 *
 * <p>An arena serves one thread at a time; take one from an {@link ArenaPool} for each piece of
 * work. Code that is not run in a scope gets ordinary arrays. Memory that no recent scope has used
 * is freed, and the rest by {@link #close}: nothing waits for the garbage collector.
 */
public final class Arena implements AutoCloseable {
  private static final Context.Key<Arena> CURRENT = Context.ofOneThread();

  /** Free arrays of a size that so many outermost scopes have not asked for are freed. */
  private static final int IDLE_SCOPES = 32;

  /** Set to true to fill recycled arrays with NaN, so that a use after the end of a scope shows. */
  private static final boolean POISON = Boolean.getBoolean("bayes4j.arena.poison");

  private final boolean poison;

  /** Whether one scope is open until {@link #close}, in no thread. */
  private final boolean lasting;

  private final Map<ArrayKind, Pool> pools = new HashMap<>();

  /** The innermost open scope of this arena; null if none is open. */
  private volatile @Nullable Scope open;

  /** How many outermost scopes have ended. */
  private long scopes;

  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean closed;

  /** The thread whose scope is open, if any. */
  private volatile @Nullable Thread owner;

  /** An arena without memory. */
  public Arena() {
    this(POISON);
  }

  Arena(boolean poison) {
    this(poison, false);
  }

  private Arena(boolean poison, boolean lasting) {
    this.poison = poison;
    this.lasting = lasting;
    this.open = lasting ? new Scope(null) : null;
  }

  /**
   * An arena whose only scope is open from the beginning until {@link #close}: for what many
   * threads share for a long time. They {@link #adopt} it.
   */
  public static Arena lasting() {
    return new Arena(POISON, true);
  }

  /** What has been allocated in a scope and not been given back. */
  private static final class Scope {
    private final IdentityHashMap<INDArray, ArrayKind> lent = new IdentityHashMap<>();
    private final @Nullable Scope outer;

    Scope(@Nullable Scope outer) {
      this.outer = outer;
    }
  }

  private static final class Pool {
    private final ArrayDeque<INDArray> free = new ArrayDeque<>();
    private long lastUsed;
  }

  /**
   * Runs a piece of work whose arrays are recycled when it ends.
   *
   * @return the work's result; if it is an array, a copy that outlives the scope (allocated in the
   *     enclosing scope, if any)
   * @throws IllegalStateException if another thread is in a scope of this arena, or it is closed
   */
  public <T> T scope(Supplier<T> work) {
    Require.nonNull(work, "work");
    Require.state(!closed && !lasting, "an arena that is closed or lasting has no more scopes");
    Thread outerOwner = owner;
    Require.state(
        outerOwner == null || outerOwner == Thread.currentThread(),
        "an arena serves one thread at a time, this one is in a scope of %s",
        outerOwner);
    Arena outerArena = CURRENT.get();
    Scope mine = new Scope(open);
    open = mine;
    owner = Thread.currentThread();
    CURRENT.set(this);
    try {
      T result = Detached.apart(work);
      open = mine.outer;
      CURRENT.set(outerArena);
      return copyOut(result);
    } finally {
      open = mine.outer;
      CURRENT.set(outerArena);
      recycle(mine);
      owner = outerOwner;
    }
  }

  @SuppressWarnings("unchecked") // The copy of an INDArray is an INDArray, as T is.
  private static <T> T copyOut(T result) {
    if (!(result instanceof INDArray array)) {
      return result;
    }
    boolean recyclable = array.dataType() == DataType.FLOAT && !array.isEmpty();
    return (T) (recyclable ? Detached.copy(array, like(array)) : Detached.copy(array));
  }

  /** As {@link #scope(Supplier)}, for work without a result. */
  public void scope(Runnable work) {
    Require.nonNull(work, "work");
    Require.nonNull(work, "work");
    scope(
        () -> {
          work.run();
          return Boolean.TRUE;
        });
  }

  /**
   * Runs a piece of work whose arrays belong to this arena's current scope, although the thread is
   * in a scope of another arena: for what must outlive that scope. Other threads than that of the
   * scope, several at a time, may do so while the scope stays open.
   *
   * @throws IllegalStateException if no scope of this arena is open
   */
  public <T> T adopt(Supplier<T> work) {
    Require.state(open != null, "a scope of the arena must be open to adopt");
    Arena before = CURRENT.get();
    CURRENT.set(this);
    try {
      return work.get();
    } finally {
      CURRENT.set(before);
    }
  }

  /**
   * Hands arrays of this arena's innermost scope to the scope around it, which they stay valid in.
   * Of a view, the array that it shows is handed on; what is not this scope's is left alone.
   *
   * @throws IllegalStateException if this thread is not in a scope of this arena inside another of
   *     its scopes
   */
  public void keep(Collection<INDArray> arrays) {
    Scope here = open;
    Scope outer = here == null ? null : here.outer;
    Require.state(
        owner == Thread.currentThread() && outer != null,
        "this thread must be in a nested scope of the arena to keep arrays");
    Set<Long> addresses = new HashSet<>();
    arrays.forEach(array -> addresses.add(array.data().address()));
    Iterator<Map.Entry<INDArray, ArrayKind>> it =
        Objects.requireNonNull(here).lent.entrySet().iterator();
    while (it.hasNext()) {
      Map.Entry<INDArray, ArrayKind> entry = it.next();
      if (addresses.contains(entry.getKey().data().address())) {
        Objects.requireNonNull(outer).lent.put(entry.getKey(), entry.getValue());
        it.remove();
      }
    }
  }

  /** Whether an array, rather than a view of it, belongs to this arena's innermost open scope. */
  public synchronized boolean lends(INDArray array) {
    return open != null && open.lent.containsKey(array);
  }

  /** The arena in whose scope this thread runs, or whose scope it has {@link #adopt}ed. */
  public static Optional<Arena> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Bytes of all arrays that this arena holds, lent or free. */
  public long bytes() {
    return bytes.get();
  }

  /**
   * Frees all memory of this arena, which cannot be used any more. Closing twice does nothing.
   *
   * @throws IllegalStateException if a thread is in a scope of this arena
   */
  @Override
  public synchronized void close() {
    Require.state(
        owner == null, "an arena must not be closed in a scope, this one is of %s", owner);
    closed = true;
    if (open != null) {
      open.lent.keySet().forEach(this::free);
      open = null;
    }
    pools.values().forEach(pool -> pool.free.forEach(this::free));
    pools.clear();
  }

  private void free(INDArray array) {
    bytes.addAndGet(-bytesOf(array));
    array.data().close();
  }

  private static long bytesOf(INDArray array) {
    return array.data().length() * array.dataType().width();
  }

  /**
   * A dense float array with undefined content, from the scope that this thread runs in if there is
   * one.
   */
  public static INDArray allocate(Layout layout, long... shape) {
    return allocate(DataType.FLOAT, layout, shape);
  }

  /** As {@link #allocate(Layout, long...)}, of type FLOAT or BFLOAT16. */
  public static INDArray allocate(DataType type, Layout layout, long... shape) {
    Require.nonNull(type, "type");
    Require.nonNull(layout, "layout");
    Require.nonNull(shape, "shape");
    Arena arena = CURRENT.get();
    ArrayKind key = new ArrayKind(type, layout, shape);
    return arena == null ? key.create() : arena.lend(key);
  }

  /** A row-major float array with undefined content. */
  public static INDArray allocate(long... shape) {
    Require.nonNull(shape, "shape");
    return allocate(Layout.ROW_MAJOR, shape);
  }

  /** A vector of these numbers. */
  public static INDArray vector(float... numbers) {
    Require.argument(Require.nonNull(numbers, "numbers").length > 0, "numbers must not be empty");
    INDArray vector = allocate(numbers.length);
    FloatMemory.of(vector, "vector").write(0, numbers, numbers.length);
    return vector;
  }

  /** An array with the shape, layout and type of another, and undefined content. */
  public static INDArray like(INDArray other) {
    Require.argument(
        !Require.open(other, "other").isEmpty(),
        "other must not be empty, got shape %s",
        Require.text(other.shape()));
    return allocate(other.dataType(), Layout.of(other), other.shape());
  }

  /**
   * Gives an array back before its scope ends; arrays that are not the current scope's are left
   * alone.
   *
   * @return whether it was the current scope's
   */
  public static boolean release(INDArray array) {
    Arena arena = CURRENT.get();
    return arena != null && arena.takeBack(array);
  }

  /** Whether an array is the current scope's, so that {@link #release} would give it back. */
  public static boolean owns(INDArray array) {
    Arena arena = CURRENT.get();
    return arena != null && arena.lends(array);
  }

  // Threads that adopt an array's scope may lend and give back at the same time.

  /** The open scope: an arena is {@link #CURRENT} while it has one. */
  private Scope innermost() {
    return Objects.requireNonNull(open);
  }

  private synchronized boolean takeBack(INDArray array) {
    ArrayKind key = innermost().lent.remove(array);
    if (key != null) {
      giveBack(key, array);
    }
    return key != null;
  }

  private synchronized INDArray lend(ArrayKind key) {
    Pool pool = pools.computeIfAbsent(key, k -> new Pool());
    pool.lastUsed = scopes;
    INDArray array = pool.free.pollLast();
    if (array == null) {
      array = idle(key).map(other -> key.on(other.data())).orElse(null);
    }
    if (array == null) {
      array = key.create();
      bytes.addAndGet(bytesOf(array));
    }
    innermost().lent.put(array, key);
    return array;
  }

  /**
   * An array of another shape, taken out of its pool, that the outermost scope has not asked for
   * and whose memory will do: the smallest. Batches of changing size then share memory.
   */
  private Optional<INDArray> idle(ArrayKind key) {
    Pool best = null;
    for (Pool pool : pools.values()) {
      INDArray free = pool.lastUsed < scopes ? pool.free.peekLast() : null;
      if (free != null
          && key.fits(free.data())
          && (best == null || bytesOf(free) < bytesOf(best.free.getLast()))) {
        best = pool;
      }
    }
    return best == null ? Optional.empty() : Optional.of(best.free.removeLast());
  }

  private void recycle(Scope ended) {
    ended.lent.forEach((array, key) -> giveBack(key, array));
    if (ended.outer == null) {
      scopes++;
      pools.values().removeIf(this::gaveUp);
    }
  }

  /** Frees the arrays of a pool that has been idle for long. */
  private boolean gaveUp(Pool pool) {
    boolean idle = scopes - pool.lastUsed > IDLE_SCOPES;
    if (idle) {
      pool.free.forEach(this::free);
    }
    return idle;
  }

  private void giveBack(ArrayKind key, INDArray array) {
    if (poison) {
      Detached.fill(array, Float.NaN);
    }
    Pool pool = pools.computeIfAbsent(key, k -> new Pool());
    // The outermost scope may be long past the one that lent it.
    pool.lastUsed = scopes;
    pool.free.addLast(array);
  }
}
