package io.bayes4j.core.internal;

/**
 * The time for which a waiting thread stays awake before it sleeps: longer than most gaps between
 * the loops of a training step. At first it keeps its processor, then it lets others go first.
 *
 * <p>Where other programs want the processors, to stay awake is the wrong thing: who has yielded
 * waits for a whole turn of the others, and who has spun has used up a turn of its own, while a
 * thread that slept runs as soon as it is woken up. A yield that takes long tells such a machine,
 * and for a while all waiting threads then sleep at once.
 */
final class Wakefulness {
  private static final long NANOSECONDS = 1_000_000;

  /** As long as a sleeping thread takes to wake up. */
  private static final long UNYIELDING_NANOSECONDS = 100_000;

  /** A yield that takes as long has let another program run. */
  private static final long CROWDED_NANOSECONDS = 50_000;

  /** For how long a crowded machine is thought to stay so. */
  private static final long CROWD_LASTS_NANOSECONDS = 200_000_000;

  /** Looks at the waited-for thing between two looks at the clock. */
  private static final int LOOKS = 16;

  /** When the machine was last found to be crowded, by {@link System#nanoTime}. */
  private static volatile long crowded = System.nanoTime() - CROWD_LASTS_NANOSECONDS;

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
    long now = System.nanoTime();
    if (now - crowded < CROWD_LASTS_NANOSECONDS) {
      return false;
    }
    if (now - began > UNYIELDING_NANOSECONDS) {
      Thread.yield();
      long after = System.nanoTime();
      if (after - now > CROWDED_NANOSECONDS) {
        crowded = after;
        return false;
      }
    }
    return now - began < NANOSECONDS;
  }
}
