package io.bayes4j.onednn;

import java.util.concurrent.ConcurrentLinkedDeque;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/**
 * A queue and temporary memory, used by one run at a time and then by the next: there are as many
 * as runs at once.
 */
final class Workspace {
  /** Bytes at which temporary memory is aligned: a cache line, and the longest vector register. */
  static final long ALIGNMENT = 64;

  private static final ConcurrentLinkedDeque<Workspace> IDLE = new ConcurrentLinkedDeque<>();

  private final stream queue = Native.lasting(OneDnnApi::queue);
  private @Nullable BytePointer memory;
  private long bytes;

  private Workspace() {}

  static Workspace take() {
    Workspace idle = IDLE.pollFirst();
    return idle == null ? new Workspace() : idle;
  }

  void giveBack() {
    IDLE.addFirst(this);
  }

  stream queue() {
    return queue;
  }

  void finish() {
    queue._wait();
  }

  /** Rounds up to the alignment. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** The address of at least so many bytes, whatever they hold. */
  long reserve(long wanted) {
    if (wanted > bytes) {
      if (memory != null) {
        memory.deallocate();
        memory = null;
        bytes = 0;
      }
      memory = Native.lasting(() -> new BytePointer(wanted + ALIGNMENT));
      bytes = wanted;
    }
    return memory == null ? 0 : aligned(memory.address());
  }
}
