package io.bayes4j.core.internal;

/** The time for which a waiting thread stays awake, before it lets others have its processor. */
final class Wakefulness {
  private static final long NANOSECONDS = 100_000;

  /** Looks at the waited-for thing between two looks at the clock. */
  private static final int LOOKS = 16;

  private final long began = System.nanoTime();
  private int looks;

  /** Pauses for some nanoseconds; false when it is time to sleep. */
  boolean stays() {
    Thread.onSpinWait();
    return ++looks % LOOKS != 0 || System.nanoTime() - began < NANOSECONDS;
  }
}
