package io.bayes4j.onednn;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
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
  private final List<Step> preparation;
  private final List<Step> steps;
  private final long preparedBytes;
  private final long temporaryBytes;
  private final ConcurrentLinkedDeque<Frame> idle = new ConcurrentLinkedDeque<>();
  private final String preparedLayout;
  private volatile @Nullable WeightOrder weightOrder;
  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * A plan, held once.
   *
   * @param preparation steps that read only what all pieces of an operation share
   * @param steps the others, in order
   * @param preparedBytes size of the memory that the preparation writes
   * @param temporaryBytes size of the memory that only the steps of one run use
   */
  Plan(
      String name,
      List<Slot> slots,
      List<Step> preparation,
      List<Step> steps,
      long preparedBytes,
      long temporaryBytes) {
    this.name = name;
    this.slots = List.copyOf(slots);
    this.preparation = List.copyOf(preparation);
    this.steps = List.copyOf(steps);
    this.preparedBytes = preparedBytes;
    this.temporaryBytes = temporaryBytes;
    this.preparedLayout =
        OneDnnApi.content(
            slots.stream()
                .filter(slot -> slot.home() == Home.PREPARED)
                .map(Slot::descriptor)
                .toList());
    slots.forEach(slot -> slot.descriptor.retainReference());
    allSteps().forEach(step -> step.kernel.retain());
  }

  private Stream<Step> allSteps() {
    return Stream.concat(preparation.stream(), steps.stream());
  }

  /** Whose memory steps read and write. */
  enum Home {
    /** An argument of the run. */
    ARGUMENT,
    /** Written by the preparation, then read by every piece. */
    PREPARED,
    /** Of one run alone. */
    TEMPORARY
  }

  /**
   * Memory that steps read and write.
   *
   * @param index position among the plan's slots
   * @param place index among the arguments of {@link #run}, or where it starts in the prepared or
   *     temporary memory, in bytes
   */
  record Slot(int index, memory.desc descriptor, Home home, long place) {
    /** Whether it is the same memory in the same layout. */
    boolean sameAs(Slot other) {
      return home == other.home && place == other.place && descriptor.equals(other.descriptor);
    }

    boolean isArgument(int number) {
      return home == Home.ARGUMENT && place == number;
    }
  }

  /** A primitive and the slots of its arguments. */
  record Step(Kernel kernel, Map<Argument, Slot> slots) {}

  /** The native arguments of one thread's run. */
  private static final class Frame {
    private final Plan plan;
    private final List<memory> memories = new ArrayList<>();
    private final List<IntMemoryMap> preparing;
    private final List<IntMemoryMap> running;
    private final Address address = new Address();
    private final Map<Home, Long> bound = new EnumMap<>(Home.class);

    Frame(Plan plan) {
      this.plan = plan;
      for (Slot slot : plan.slots) {
        memories.add(Native.lasting(() -> OneDnnApi.unboundMemory(slot.descriptor)));
      }
      preparing = plan.preparation.stream().map(this::arguments).toList();
      running = plan.steps.stream().map(this::arguments).toList();
    }

    private IntMemoryMap arguments(Step step) {
      IntMemoryMap map = Native.lasting(IntMemoryMap::new);
      step.slots.forEach((argument, slot) -> map.put(argument.number(), memories.get(slot.index)));
      return map;
    }

    void bind(int argument, long place) {
      for (int i = 0; i < memories.size(); i++) {
        if (plan.slots.get(i).isArgument(argument)) {
          memories.get(i).set_data_handle(address.at(place));
        }
      }
    }

    void bind(Home home, long base) {
      Long before = bound.put(home, base);
      for (int i = 0; i < memories.size() && (before == null || before != base); i++) {
        Slot slot = plan.slots.get(i);
        if (slot.home == home) {
          memories.get(i).set_data_handle(address.at(base + slot.place));
        }
      }
    }

    void close() {
      preparing.forEach(Pointer::releaseReference);
      running.forEach(Pointer::releaseReference);
      memories.forEach(Pointer::releaseReference);
    }
  }

  /** What one thread needs to run a plan, as often as it likes. */
  final class Session implements AutoCloseable {
    private final Frame frame;
    private final Workspace workspace = Workspace.take();

    private Session(Frame frame) {
      this.frame = frame;
      frame.bind(Home.TEMPORARY, workspace.reserve(temporaryBytes));
    }

    /** Says where an argument is, which stays so for later runs. */
    Session bind(int argument, long address) {
      frame.bind(argument, address);
      return this;
    }

    /** Runs the steps and returns when the results are there. */
    void run() {
      execute(steps, frame.running, workspace);
    }

    @Override
    public void close() {
      workspace.giveBack();
      idle.addFirst(frame);
    }
  }

  /** What all pieces of an operation share: some arguments in the layouts that primitives like. */
  final class Prepared implements AutoCloseable {
    private final long base;

    /** Whose memory it is; null for somebody else's. */
    private final @Nullable Workspace workspace;

    private Prepared(long base, @Nullable Workspace workspace) {
      this.base = base;
      this.workspace = workspace;
    }

    /** A session of the calling thread, which must close it before this is closed. */
    Session open() {
      Session session = Plan.this.open();
      session.frame.bind(Home.PREPARED, base);
      return session;
    }

    @Override
    public void close() {
      if (workspace != null) {
        workspace.giveBack();
      }
    }
  }

  /**
   * Runs the preparation.
   *
   * @param arguments of which it reads those that are whole
   */
  Prepared prepare(INDArray... arguments) {
    Workspace workspace = Workspace.take();
    try {
      long base = workspace.reserve(preparedBytes);
      prepare(base, workspace, arguments);
      return new Prepared(base, workspace);
    } catch (RuntimeException e) {
      workspace.giveBack();
      throw e;
    }
  }

  /** Runs the preparation in memory of {@link #preparedBytes} from an aligned address on. */
  void prepareAt(long base, INDArray... arguments) {
    Workspace workspace = Workspace.take();
    try {
      prepare(base, workspace, arguments);
    } finally {
      workspace.giveBack();
    }
  }

  private void prepare(long base, Workspace workspace, INDArray... arguments) {
    if (preparation.isEmpty()) {
      return;
    }
    Frame frame = frame();
    try {
      for (int i = 0; i < arguments.length; i++) {
        frame.bind(i, address(arguments[i]));
      }
      frame.bind(Home.PREPARED, base);
      execute(preparation, frame.preparing, workspace);
    } finally {
      idle.addFirst(frame);
      Reference.reachabilityFence(arguments);
    }
  }

  /** What {@link #prepareAt} left there, for this plan or one of equal {@link #preparedLayout}. */
  Prepared preparedAt(long base) {
    return new Prepared(base, null);
  }

  long preparedBytes() {
    return preparedBytes;
  }

  /**
   * What the preparation writes: plans that write the same of the same arguments have equal ones.
   */
  String preparedLayout() {
    return preparedLayout;
  }

  private void execute(List<Step> phase, List<IntMemoryMap> arguments, Workspace workspace) {
    try {
      for (int i = 0; i < phase.size(); i++) {
        phase.get(i).kernel.execute(workspace.queue(), arguments.get(i));
      }
      workspace.finish();
    } catch (RuntimeException e) {
      throw new IllegalStateException("oneDNN failed to run " + this, e);
    }
  }

  private Frame frame() {
    Frame frame = idle.pollFirst();
    return frame == null ? new Frame(this) : frame;
  }

  /** A session of the calling thread, which must close it before the plan is released. */
  Session open() {
    return new Session(frame());
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
        .filter(slot -> slot.isArgument(argument))
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
      allSteps().forEach(step -> step.kernel.release());
      slots.forEach(slot -> slot.descriptor.releaseReference());
    }
  }

  /** Names of the implementations that oneDNN chose for the steps. */
  List<String> implementations() {
    return allSteps().map(step -> step.kernel.implementation()).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
