package io.bayes4j.core.memory;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Recycled arrays: what is allocated inside a scope is reused by the next scope.
 *
 * <p>A fresh off-heap array costs a page fault for every 4 KiB it holds, which is more than most
 * operations do with it. A loop that runs each step in {@link #scope} touches the same pages again
 * and again and does not grow. An array that was allocated in a scope is invalid once the scope
 * ends, unless it is the scope's own result, which is copied out.
 *
 * <p>An arena serves one thread at a time; give each thread its own. Code that is not run in a
 * scope gets ordinary arrays.
 */
public final class Arena {
  private static final ThreadLocal<Arena> CURRENT = new ThreadLocal<>();

  /**
   * Free arrays of a size that no recent scope asked for are given back to the garbage collector.
   */
  private static final int IDLE_SCOPES = 32;

  /** Set to true to fill recycled arrays with NaN, so that a use after the end of a scope shows. */
  private static final boolean POISON = Boolean.getBoolean("bayes4j.arena.poison");

  private final boolean poison;
  private final Map<Key, Pool> pools = new HashMap<>();

  /** The innermost open scope of this arena; null if none is open. */
  private Scope open;

  private long scopes;
  private long bytes;

  /** The thread whose scope is open, if any. */
  private volatile Thread owner;

  /** An arena without memory. */
  public Arena() {
    this(POISON);
  }

  Arena(boolean poison) {
    this.poison = poison;
  }

  /** What makes two arrays interchangeable. */
  private static final class Key {
    private final DataType type;
    private final Layout layout;
    private final long[] shape;

    Key(DataType type, Layout layout, long[] shape) {
      // Texts are made for messages alone: a step allocates hundreds of arrays.
      for (long length : shape) {
        if (length <= 0) {
          throw new IllegalArgumentException(
              "shape must be positive, got " + Arrays.toString(shape));
        }
      }
      this.type = type;
      this.layout = layout;
      this.shape = shape.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && type == key.type
          && layout == key.layout
          && Arrays.equals(shape, key.shape);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Arrays.hashCode(shape) + layout.hashCode()) + type.hashCode();
    }

    long length() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    long bytes() {
      return length() * type.width();
    }

    INDArray create() {
      DataBuffer buffer = Nd4j.createBuffer(type, length(), false);
      return Nd4j.create(buffer, shape, layout.strides(shape), 0, 'c', type);
    }
  }

  /** What has been allocated in a scope and not been given back. */
  private static final class Scope {
    private final IdentityHashMap<INDArray, Key> lent = new IdentityHashMap<>();
    private final Scope outer;

    Scope(Scope outer) {
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
   * @throws IllegalStateException if another thread is in a scope of this arena
   */
  public <T> T scope(Supplier<T> work) {
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
      T result = work.get();
      open = mine.outer;
      restore(outerArena);
      return copyOut(result);
    } finally {
      open = mine.outer;
      restore(outerArena);
      recycle(mine.lent);
      owner = outerOwner;
    }
  }

  @SuppressWarnings("unchecked") // The copy of an INDArray is an INDArray, as T is.
  private static <T> T copyOut(T result) {
    if (!(result instanceof INDArray array)) {
      return result;
    }
    boolean recyclable = array.dataType() == DataType.FLOAT && !array.isEmpty();
    return (T) (recyclable ? like(array).assign(array) : array.dup('c'));
  }

  /** As {@link #scope(Supplier)}, for work without a result. */
  public void scope(Runnable work) {
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
    Require.state(owner != null, "a scope of the arena must be open to adopt");
    Arena before = CURRENT.get();
    CURRENT.set(this);
    try {
      return work.get();
    } finally {
      restore(before);
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
    Require.state(
        owner == Thread.currentThread() && open.outer != null,
        "this thread must be in a nested scope of the arena to keep arrays");
    Set<Long> addresses = new HashSet<>();
    arrays.forEach(array -> addresses.add(array.data().address()));
    Iterator<Map.Entry<INDArray, Key>> it = open.lent.entrySet().iterator();
    while (it.hasNext()) {
      Map.Entry<INDArray, Key> entry = it.next();
      if (addresses.contains(entry.getKey().data().address())) {
        open.outer.lent.put(entry.getKey(), entry.getValue());
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
    return bytes;
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
    Arena arena = CURRENT.get();
    Key key = new Key(type, layout, shape);
    return arena == null ? key.create() : arena.lend(key);
  }

  /** A row-major float array with undefined content. */
  public static INDArray allocate(long... shape) {
    return allocate(Layout.ROW_MAJOR, shape);
  }

  /** A vector of these numbers. */
  public static INDArray vector(float... numbers) {
    INDArray vector = allocate(numbers.length);
    FloatMemory.of(vector, "vector").write(0, numbers, numbers.length);
    return vector;
  }

  /** An array with the shape, layout and type of another, and undefined content. */
  public static INDArray like(INDArray other) {
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

  private static void restore(Arena outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }

  // Threads that adopt an array's scope may lend and give back at the same time.

  private synchronized boolean takeBack(INDArray array) {
    Key key = open.lent.remove(array);
    if (key != null) {
      giveBack(key, array);
    }
    return key != null;
  }

  private synchronized INDArray lend(Key key) {
    Pool pool = pools.computeIfAbsent(key, k -> new Pool());
    pool.lastUsed = scopes;
    INDArray array = pool.free.pollLast();
    if (array == null) {
      array = key.create();
      bytes += key.bytes();
    }
    open.lent.put(array, key);
    return array;
  }

  private void recycle(IdentityHashMap<INDArray, Key> arrays) {
    arrays.forEach((array, key) -> giveBack(key, array));
    scopes++;
    for (Iterator<Map.Entry<Key, Pool>> it = pools.entrySet().iterator(); it.hasNext(); ) {
      Map.Entry<Key, Pool> entry = it.next();
      if (scopes - entry.getValue().lastUsed > IDLE_SCOPES) {
        bytes -= entry.getKey().bytes() * entry.getValue().free.size();
        it.remove();
      }
    }
  }

  private void giveBack(Key key, INDArray array) {
    if (poison) {
      array.assign(Float.NaN);
    }
    Pool pool = pools.computeIfAbsent(key, k -> new Pool());
    // Inner scopes may have passed by the dozen since it was lent.
    pool.lastUsed = scopes;
    pool.free.addLast(array);
  }
}
