package io.bayes4j.core.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Heap arrays of {@link #SIZE} floats, kept per thread, for kernels that work chunk by chunk.
 *
 * <pre>{@code
 * try (Scratch scratch = Scratch.open()) {
 *   float[] a = scratch.array();
 *   float[] b = scratch.array();
 *   ...
 * }
 * }</pre>
 *
 * <p>Openings nest; closing one returns the arrays taken since. The contents are arbitrary.
 */
public final class Scratch implements AutoCloseable {
  /** The length of every array; also the chunk in which kernels walk through a tensor. */
  public static final int SIZE = 4096;

  private static final ThreadLocal<Pool> POOLS = ThreadLocal.withInitial(Pool::new);

  private final Pool pool;
  private final int mark;

  private Scratch(Pool pool) {
    this.pool = pool;
    this.mark = pool.used;
  }

  /** Starts to take arrays from the pool of the current thread. */
  public static Scratch open() {
    return new Scratch(POOLS.get());
  }

  /** Returns an array that nobody else uses until this scratch is closed. */
  public float[] array() {
    return pool.take();
  }

  @Override
  public void close() {
    pool.used = mark;
  }

  private static final class Pool {
    private final List<float[]> arrays = new ArrayList<>();
    private int used;

    float[] take() {
      if (used == arrays.size()) {
        arrays.add(new float[SIZE]);
      }
      return arrays.get(used++);
    }
  }
}
