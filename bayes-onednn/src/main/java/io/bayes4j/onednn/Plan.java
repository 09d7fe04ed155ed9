package io.bayes4j.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Primitives compiled for arguments of certain shapes, run in order: usually reorders into the
 * layouts that a primitive likes best, the primitive, and reorders out of them.
 *
 * <p>Several threads may run a plan at once. Native objects live until the last holder releases the
 * plan.
 */
final class Plan {
  private final String name;
  private final List<Slot> slots;
  private final List<Step> steps;
  private final long temporaryBytes;
  private final ConcurrentLinkedDeque<Frame> idle = new ConcurrentLinkedDeque<>();
  private volatile WeightOrder weightOrder;
  private final AtomicInteger holders = new AtomicInteger(1);

  Plan(String name, List<Slot> slots, List<Step> steps, long temporaryBytes) {
    this.name = name;
    this.slots = List.copyOf(slots);
    this.steps = List.copyOf(steps);
    this.temporaryBytes = temporaryBytes;
    slots.forEach(slot -> slot.descriptor.retainReference());
    steps.forEach(step -> step.kernel.retain());
  }

  /**
   * Memory that steps read and write.
   *
   * @param index position among the plan's slots
   * @param argument index among the arguments of {@link #run}, or -1 for temporary memory
   * @param offset where it starts in the temporary memory, in bytes
   */
  record Slot(int index, memory.desc descriptor, int argument, long offset) {
    boolean temporary() {
      return argument < 0;
    }
  }

  /** A primitive and the slots of its arguments. */
  record Step(Kernel kernel, Map<Argument, Slot> slots) {}

  /** The native arguments of one thread's run. */
  private static final class Frame {
    private final Plan plan;
    private final List<memory> memories = new ArrayList<>();
    private final List<IntMemoryMap> arguments = new ArrayList<>();
    private final Address address = new Address();
    private long base;

    Frame(Plan plan) {
      this.plan = plan;
      for (Slot slot : plan.slots) {
        memories.add(Native.lasting(() -> OneDnnApi.unboundMemory(slot.descriptor)));
      }
      for (Step step : plan.steps) {
        IntMemoryMap map = Native.lasting(IntMemoryMap::new);
        step.slots.forEach(
            (argument, slot) -> map.put(argument.number(), memories.get(slot.index)));
        arguments.add(map);
      }
    }

    void bind(int argument, long place) {
      for (int i = 0; i < memories.size(); i++) {
        if (plan.slots.get(i).argument == argument) {
          memories.get(i).set_data_handle(address.at(place));
        }
      }
    }

    void bindTemporaries(long place) {
      for (int i = 0; i < memories.size() && place != base; i++) {
        Slot slot = plan.slots.get(i);
        if (slot.temporary()) {
          memories.get(i).set_data_handle(address.at(place + slot.offset));
        }
      }
      base = place;
    }

    void close() {
      arguments.forEach(Pointer::releaseReference);
      memories.forEach(Pointer::releaseReference);
    }
  }

  /** A pointer that can be pointed anywhere. */
  private static final class Address extends Pointer {
    Address at(long value) {
      address = value;
      return this;
    }
  }

  /** What one thread needs to run a plan, as often as it likes. */
  final class Session implements AutoCloseable {
    private final Frame frame;
    private final Workspace workspace = Workspace.take();

    private Session(Frame frame) {
      this.frame = frame;
      frame.bindTemporaries(workspace.reserve(temporaryBytes));
    }

    /** Says where an argument is, which stays so for later runs. */
    Session bind(int argument, long address) {
      frame.bind(argument, address);
      return this;
    }

    /** Runs the steps and returns when the results are there. */
    void run() {
      try {
        for (int i = 0; i < steps.size(); i++) {
          steps.get(i).kernel.execute(workspace.queue(), frame.arguments.get(i));
        }
        workspace.finish();
      } catch (RuntimeException e) {
        throw new IllegalStateException("oneDNN failed to run " + Plan.this, e);
      }
    }

    @Override
    public void close() {
      workspace.giveBack();
      idle.addFirst(frame);
    }
  }

  /** A session of the calling thread, which must close it before the plan is released. */
  Session open() {
    Frame frame = idle.pollFirst();
    return new Session(frame == null ? new Frame(this) : frame);
  }

  /** Runs the steps on the arguments' own memory and returns when the results are there. */
  void run(INDArray... arguments) {
    try (Session session = open()) {
      for (int i = 0; i < arguments.length; i++) {
        session.bind(i, address(arguments[i]));
      }
      session.run();
    } finally {
      Reference.reachabilityFence(arguments);
    }
  }

  /** Where an array starts; whoever uses it keeps the array alive. */
  static long address(INDArray array) {
    return array.data().addressPointer().address();
  }

  /**
   * The order of an argument that is a kernel in a layout of oneDNN's choice; empty if that has
   * gaps.
   *
   * @param shape of the kernel
   */
  Optional<WeightOrder> weightOrder(int argument, long[] shape) {
    long bytes = Arrays.stream(shape).reduce(Float.BYTES, Math::multiplyExact);
    if (Native.scoped(() -> descriptor(argument).get_size()) != bytes) {
      return Optional.empty();
    }
    WeightOrder known = weightOrder;
    if (known == null) {
      known = WeightOrder.of(shape, descriptor(argument));
      weightOrder = known;
    }
    return Optional.of(known);
  }

  private memory.desc descriptor(int argument) {
    return slots.stream()
        .filter(slot -> slot.argument == argument)
        .findFirst()
        .orElseThrow()
        .descriptor;
  }

  /** Counts one more holder. */
  void hold() {
    holders.incrementAndGet();
  }

  /** Counts one holder less and frees the native objects after the last. */
  void release() {
    if (holders.decrementAndGet() == 0) {
      idle.forEach(Frame::close);
      idle.clear();
      steps.forEach(step -> step.kernel.release());
      slots.forEach(slot -> slot.descriptor.releaseReference());
    }
  }

  /** Names of the implementations that oneDNN chose for the steps. */
  List<String> implementations() {
    return steps.stream().map(step -> step.kernel.implementation()).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
