package io.bayes4j.core.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who reads and who changes parameters and other arrays of models, so that nobody reads half of a
 * change: many may read at once, and whoever changes something is alone with it.
 *
 * <p>Parts are compared by identity; each belongs to all models that share it. All parts of a piece
 * of work are taken at once, so that two who wait cannot wait for each other, and who waits to
 * change something goes before those who come to read it. What a thread may do already, it may do
 * again inside. A thread that may change one thing and would have to wait for another fails
 * instead, and so does one that would change what it is reading: nothing ever stands still.
 */
public final class Access {
  private static final Object LOCK = new Object();

  /** By part; guarded by the lock, as all guards are. */
  private static final Map<Key, Guard> GUARDS = new HashMap<>();

  private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();

  private static final Context.Key<Access> CURRENT = Context.inherited();

  /** What the thread was allowed before; null for nothing. */
  private final @Nullable Access outer;

  private final Map<Guard, Right> rights = new HashMap<>();

  private Access(@Nullable Access outer) {
    this.outer = outer;
  }

  private enum Right {
    READ,
    CHANGE,
    /** Nobody else may change it, but read. */
    RESERVE
  }

  /** Work that may throw. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    /** Does it. */
    T run() throws E;
  }

  /** The state of a part. */
  private static final class Guard {
    private int readers;
    private int waitingToChange;
    private @Nullable Access changer;
    private @Nullable Access owner;
    private @Nullable String reason;
  }

  /** Finds a part by identity without keeping it alive. */
  private static final class Key extends WeakReference<Object> {
    private final int hash;

    Key(Object part, @Nullable ReferenceQueue<Object> queue) {
      super(part, queue);
      this.hash = System.identityHashCode(part);
    }

    @Override
    public boolean equals(Object other) {
      return this == other || (other instanceof Key key && get() != null && get() == key.get());
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }

  /**
   * Runs a piece of work while nobody changes the parts.
   *
   * @param parts by the names that messages call them
   */
  public static <T, E extends Exception> T reading(Map<String, ?> parts, Work<T, E> work) throws E {
    return new Access(CURRENT.get()).run(parts, Right.READ, "", work);
  }

  /**
   * Runs a piece of work that changes the parts, once nobody else reads or changes them.
   *
   * @param parts by the names that messages call them
   * @throws IllegalStateException if somebody else has reserved a part, or this thread is reading
   *     it
   */
  public static <T, E extends Exception> T changing(Map<String, ?> parts, Work<T, E> work)
      throws E {
    return new Access(CURRENT.get()).run(parts, Right.CHANGE, "", work);
  }

  /** As {@link #changing(Map, Work)}, for one part. */
  public static void changing(String name, Object part, Runnable work) {
    changing(
        Map.of(name, part),
        () -> {
          work.run();
          return true;
        });
  }

  /**
   * Runs a piece of work that goes on changing the parts: nobody else may, but read them in
   * between.
   *
   * @param reason what is being done to them, for the messages that others get
   * @throws IllegalStateException if a part is reserved already
   */
  public static <T, E extends Exception> T reserving(
      Map<String, ?> parts, String reason, Work<T, E> work) throws E {
    return new Access(CURRENT.get()).run(parts, Right.RESERVE, reason, work);
  }

  private <T, E extends Exception> T run(
      Map<String, ?> parts, Right right, String reason, Work<T, E> work) throws E {
    synchronized (LOCK) {
      take(guards(parts), right, reason);
    }
    if (rights.isEmpty()) {
      return work.run();
    }
    CURRENT.set(this);
    try {
      return work.run();
    } finally {
      CURRENT.set(outer);
      synchronized (LOCK) {
        giveBack();
      }
    }
  }

  private static Map<String, Guard> guards(Map<String, ?> parts) {
    for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      GUARDS.remove(gone);
    }
    Map<String, Guard> guards = new LinkedHashMap<>();
    parts.forEach(
        (name, part) -> {
          Guard guard = GUARDS.get(new Key(part, null));
          if (guard == null) {
            guard = new Guard();
            GUARDS.put(new Key(part, GONE), guard);
          }
          guards.put(name, guard);
        });
    return guards;
  }

  private void take(Map<String, Guard> all, Right right, String reason) {
    Map<String, Guard> wanted = new LinkedHashMap<>(all);
    if (right != Right.RESERVE) {
      wanted.values().removeIf(guard -> holds(guard, right));
    }
    if (right != Right.READ) {
      wanted.forEach(this::requireNotRead);
    }
    await(wanted, right);
    for (Guard guard : wanted.values()) {
      rights.put(guard, right);
      guard.readers += right == Right.READ ? 1 : 0;
      guard.changer = right == Right.CHANGE ? this : guard.changer;
      if (right == Right.RESERVE) {
        guard.owner = this;
        guard.reason = reason + " in " + Thread.currentThread().getName();
      }
    }
  }

  /** Whether the thread has a right already, or a greater one. */
  private boolean holds(Guard guard, Right right) {
    for (Access access = outer; access != null; access = access.outer) {
      Right held = access.rights.get(guard);
      if (held == right || (held == Right.CHANGE && right == Right.READ)) {
        return true;
      }
    }
    return false;
  }

  private void requireNotRead(String name, Guard guard) {
    for (Access access = outer; access != null; access = access.outer) {
      Require.state(
          access.rights.get(guard) != Right.READ,
          "%s must not be changed inside a prediction of its model",
          name);
    }
  }

  private void await(Map<String, Guard> wanted, Right right) {
    boolean reads = has(Right.READ);
    boolean changes = has(Right.CHANGE);
    boolean interrupted = false;
    boolean waits = false;
    try {
      requireFree(wanted, right);
      while (wanted.values().stream().anyMatch(guard -> blocks(guard, right, reads || changes))) {
        Require.state(
            !changes && (right == Right.READ || !reads),
            "%s are in use elsewhere, and whoever uses a model already must not wait for them",
            wanted.keySet());
        if (!waits && right == Right.CHANGE) {
          wanted.values().forEach(guard -> guard.waitingToChange++);
          waits = true;
        }
        interrupted |= !pause();
        requireFree(wanted, right);
      }
    } finally {
      if (waits) {
        wanted.values().forEach(guard -> guard.waitingToChange--);
        LOCK.notifyAll();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whether one has to wait for a part; who uses something already goes before those who wait. */
  private static boolean blocks(Guard guard, Right right, boolean nested) {
    return switch (right) {
      case READ -> guard.changer != null || (!nested && guard.waitingToChange > 0);
      case CHANGE -> guard.changer != null || guard.readers > 0;
      case RESERVE -> guard.changer != null;
    };
  }

  /** Checks that nobody else has reserved the parts, or for a reservation nobody at all. */
  private void requireFree(Map<String, Guard> wanted, Right right) {
    wanted.forEach(
        (name, guard) -> {
          boolean mine = right == Right.CHANGE && holds(guard, Right.RESERVE);
          Require.state(
              right == Right.READ || guard.owner == null || mine,
              "%s must not be changed now: it is %s",
              name,
              guard.reason);
        });
  }

  private boolean has(Right right) {
    boolean has = false;
    for (Access access = outer; access != null; access = access.outer) {
      has |= access.rights.containsValue(right);
    }
    return has;
  }

  /** Returns false if the thread was interrupted, which does not end the wait. */
  @SuppressWarnings("WaitNotInLoop") // The caller's loop.
  private static boolean pause() {
    try {
      LOCK.wait();
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void giveBack() {
    rights.forEach(
        (guard, right) -> {
          switch (right) {
            case READ -> guard.readers--;
            case CHANGE -> guard.changer = null;
            case RESERVE -> guard.owner = null;
          }
        });
    LOCK.notifyAll();
  }
}
