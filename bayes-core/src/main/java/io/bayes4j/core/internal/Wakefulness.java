package io.bayes4j.core.internal;

/**
 * The time for which a waiting thread stays awake before it sleeps: longer than most gaps between
 * the loops of a training step. At first it keeps its processor, then it lets others go first.
 */
final class Wakefulness {
  private static final long NANOSECONDS = 1_000_000;

  /** As long as a sleeping thread takes to wake up. */
  private static final long UNYIELDING_NANOSECONDS = 100_000;

  /** Looks at the waited-for thing between two looks at the clock. */
  private static final int LOOKS = 16;

  private final long began = System.nanoTime();
  private int looks;

  /**
   * Pauses for some nanoseconds, or while others use the processor; false when it is time to sleep.
   */
  @SuppressWarnings("ThreadPriorityCheck") // Correct without the yield, which is for others' sake.
  boolean stays() {
    Thread.onSpinWait();
    if (++looks % LOOKS != 0) {
      return true;
    }
    long waited = System.nanoTime() - began;
    if (waited > UNYIELDING_NANOSECONDS) {
      Thread.yield();
    }
    return waited < NANOSECONDS;
  }
}
