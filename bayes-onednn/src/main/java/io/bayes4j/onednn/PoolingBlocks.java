package io.bayes4j.onednn;

import io.bayes4j.core.kernels.PoolGeometry;

/**
 * Whether oneDNN pools right.
 *
 * <p>Version 2.5 takes the windows along the last axis in blocks, whose length depends on the
 * processor, the channels and the threads. It counts the blocks that hang over the start of the
 * input and those that hang over its end: where one is both and there are several, it skips some or
 * computes more than there are, which it writes into other memory.
 */
final class PoolingBlocks {
  /** A block is at least so long, unless fewer windows hang over either end. */
  private static final long SHORTEST = 3;

  private static final long LONGEST = 24;

  private PoolingBlocks() {}

  /** Whether blocks of any length are computed as they should be. */
  static boolean areRight(long[] shapeX, PoolGeometry geometry) {
    int axis = geometry.rank() - 1;
    long inputLength = shapeX[axis + 2];
    long windows = geometry.outputLength(axis, inputLength);
    long stride = geometry.window().stride().get(axis);
    long overStart = ceilOfQuotient(geometry.window().padding().get(axis), stride);
    long overEnd = ceilOfQuotient(Math.max(geometry.overEnd(axis, inputLength), 0), stride);
    long shortest = Math.max(1, Math.min(SHORTEST, Math.max(overStart, overEnd)));
    for (long length = Math.min(windows, shortest);
        length <= Math.min(windows, LONGEST);
        length++) {
      if (!areRight(windows, length, overStart, overEnd)) {
        return false;
      }
    }
    return true;
  }

  /** Blocks of one length, the last windows apart, which are computed by themselves. */
  private static boolean areRight(long windows, long length, long overStart, long overEnd) {
    long blocks = windows / length;
    long rest = windows % length;
    long starting = ceilOfQuotient(overStart, length);
    long ending = ceilOfQuotient(Math.max(overEnd - rest, 0), length);
    return starting + ending <= blocks || (ending <= 1 && starting <= blocks);
  }

  private static long ceilOfQuotient(long number, long divisor) {
    return (number + divisor - 1) / divisor;
  }
}
