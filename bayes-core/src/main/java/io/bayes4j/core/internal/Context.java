package io.bayes4j.core.internal;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What holds for the work of a thread: the kernels in force, the arena that lends its arrays,
 * whether operations are recorded, and so on. Each kind of thing has a {@link Key}.
 *
 * <p>This is the only state of a thread that changes what a line of the library means. A context is
 * immutable; a thread exchanges its own as a whole. {@link Parallel} hands what is inherited to the
 * threads that help with a loop, and nobody else does.
 */
public final class Context {
  private static final Context EMPTY = new Context();
  private static final ThreadLocal<Context> CURRENT = new ThreadLocal<>();

  /** Numbers of the keys that helping threads inherit. */
  private static final BitSet INHERITED = new BitSet();

  private static int keys;

  /** By the numbers of the keys; shorter if the last ones hold nothing. */
  private final Object[] values;

  private Context(Object... values) {
    this.values = values;
  }

  /**
   * One kind of thing that holds or does not.
   *
   * @param <T> what it is
   */
  public static final class Key<T> {
    private final int number;

    private Key(int number) {
      this.number = number;
    }

    /** What holds on this thread; null for nothing. */
    @SuppressWarnings("unchecked") // Nothing else is put there.
    public @Nullable T get() {
      Context context = CURRENT.get();
      return context == null ? null : (T) context.at(number);
    }

    /** Lets something hold on this thread from now on; null for nothing. */
    public void set(@Nullable T value) {
      Context context = CURRENT.get();
      install((context == null ? EMPTY : context).with(number, value));
    }
  }

  /** A kind of thing that holds on the threads that help with a loop, too. */
  public static synchronized <T> Key<T> inherited() {
    INHERITED.set(keys);
    return new Key<>(keys++);
  }

  /** A kind of thing that holds on one thread alone. */
  public static synchronized <T> Key<T> ofOneThread() {
    return new Key<>(keys++);
  }

  private @Nullable Object at(int number) {
    return number < values.length ? values[number] : null;
  }

  private Context with(int number, @Nullable Object value) {
    Object[] changed = Arrays.copyOf(values, Math.max(values.length, number + 1));
    changed[number] = value;
    return of(changed);
  }

  private static Context of(@Nullable Object... values) {
    for (Object value : values) {
      if (value != null) {
        return new Context(values);
      }
    }
    return EMPTY;
  }

  /** A thread without anything keeps nothing. */
  private static void install(Context context) {
    if (context == EMPTY) {
      CURRENT.remove();
    } else {
      CURRENT.set(context);
    }
  }

  /** What the threads that help this one inherit. */
  static Context forHelpers() {
    Context here = CURRENT.get();
    if (here == null) {
      return EMPTY;
    }
    Object[] handed = here.values.clone();
    for (int number = 0; number < handed.length; number++) {
      handed[number] = isInherited(number) ? handed[number] : null;
    }
    return of(handed);
  }

  private static synchronized boolean isInherited(int number) {
    return INHERITED.get(number);
  }

  /** Runs a piece of work of another thread on this one. */
  void run(Runnable work) {
    Context before = CURRENT.get();
    install(this);
    try {
      work.run();
    } finally {
      install(before == null ? EMPTY : before);
    }
  }
}
