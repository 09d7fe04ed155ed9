package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Home;
import io.bayes4j.onednn.Plan.Slot;
import io.bayes4j.onednn.Plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bytedeco.dnnl.memory;
import org.jspecify.annotations.Nullable;

/** Puts a plan together, with a reorder wherever a primitive wants another layout or type. */
final class PlanBuilder {
  private final @Nullable PlanKey key;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Step> preparation = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final Map<Slot, Slot> copies = new LinkedHashMap<>();
  private long preparedBytes;
  private long temporaryBytes;

  private PlanBuilder(@Nullable PlanKey key) {
    this.key = key;
  }

  private PlanKey key() {
    return Objects.requireNonNull(key);
  }

  /** Compiles the plan of a key. */
  static Plan compile(PlanKey key) {
    try {
      return Native.scoped(
          () -> {
            PlanBuilder builder = new PlanBuilder(key);
            key.operation().describe(builder);
            return builder.plan(key.toString());
          });
    } catch (RuntimeException e) {
      throw new IllegalStateException("oneDNN cannot compile " + key, e);
    }
  }

  /** A plan that copies an argument 0 to an argument 1 of another layout. */
  static Plan reordering(Operand from, memory.desc to) {
    return Native.scoped(
        () -> {
          PlanBuilder builder = new PlanBuilder(null);
          Slot source = builder.add(OneDnnApi.descriptor(from), Home.ARGUMENT, 0);
          builder.reorder(source, builder.add(to, Home.ARGUMENT, 1));
          return builder.plan("reorder of " + from);
        });
  }

  private Plan plan(String name) {
    return new Plan(name, slots, preparation, steps, preparedBytes, temporaryBytes);
  }

  /** The operand of an argument of the plan, in single precision. */
  Operand operand(int argument) {
    return key().operands().get(argument);
  }

  int arguments() {
    return key().operands().size();
  }

  /** What a primitive should multiply instead of this operand. */
  Operand multiplied(Operand operand) {
    return operand.in(key().precision());
  }

  <T> T attributes(Class<T> type) {
    return type.cast(key().attributes());
  }

  /** An argument of the plan. */
  Slot argument(int index) {
    return argument(index, operand(index));
  }

  /** An argument of the plan under another shape or with its axes swapped. */
  Slot argument(int index, Operand view) {
    return add(OneDnnApi.descriptor(view), Home.ARGUMENT, index);
  }

  /** An argument whose maker asks the plan for its layout. */
  Slot inOwnLayout(int index, memory.desc descriptor) {
    return add(descriptor, Home.ARGUMENT, index);
  }

  Slot temporary(memory.desc descriptor) {
    Slot slot = add(descriptor, Home.TEMPORARY, temporaryBytes);
    temporaryBytes += Workspace.aligned(descriptor.get_size());
    return slot;
  }

  /** The memory of a slot under another shape. */
  Slot view(Slot slot, Operand view) {
    return add(OneDnnApi.descriptor(view), slot.home(), slot.place());
  }

  private Slot prepared(memory.desc descriptor) {
    Slot slot = add(descriptor, Home.PREPARED, preparedBytes);
    preparedBytes += Workspace.aligned(descriptor.get_size());
    return slot;
  }

  private Slot add(memory.desc descriptor, Home home, long place) {
    Slot slot = new Slot(slots.size(), descriptor, home, place);
    slots.add(slot);
    return slot;
  }

  /** Starts a step, which {@link Call#run} ends. */
  Call call(Kernel kernel) {
    return new Call(kernel);
  }

  /** Adds a copy from one slot to another of the same shape. */
  void reorder(Slot from, Slot to) {
    reorder(from, to, steps);
  }

  /** A copy of floats as 8-bit numbers, multiplied by a factor before they are rounded. */
  Slot quantized(Slot from, memory.desc wanted, float factor) {
    Slot copy = temporary(wanted);
    scaled(from, copy, factor);
    return copy;
  }

  /** Adds a copy of another type, multiplied by a factor, then rounded if need be. */
  void scaled(Slot from, Slot to, float factor) {
    move(OneDnnApi.scaling(from.descriptor(), to.descriptor(), factor), from, to, steps);
  }

  private void reorder(Slot from, Slot to, List<Step> phase) {
    move(OneDnnApi.reorder(from.descriptor(), to.descriptor()), from, to, phase);
  }

  private void move(Kernel kernel, Slot from, Slot to, List<Step> phase) {
    Call call = new Call(kernel).with(Argument.FROM, from).with(Argument.TO, to);
    memory.desc scratchpad = kernel.descriptor(Argument.SCRATCHPAD);
    if (scratchpad.get_size() > 0) {
      call.with(Argument.SCRATCHPAD, phase == steps ? temporary(scratchpad) : prepared(scratchpad));
    }
    phase.add(new Step(kernel, call.arguments));
  }

  /** The same in another layout: made once for all pieces if all read the same. */
  private Slot reordered(Slot slot, memory.desc wanted) {
    for (Map.Entry<Slot, Slot> known : copies.entrySet()) {
      if (known.getKey().sameAs(slot) && known.getValue().descriptor().equals(wanted)) {
        return known.getValue();
      }
    }
    boolean shared = slot.home() == Home.ARGUMENT && key().shares((int) slot.place());
    Slot copy = shared ? prepared(wanted) : temporary(wanted);
    reorder(slot, copy, shared ? preparation : steps);
    if (slot.home() == Home.ARGUMENT) {
      copies.put(slot, copy);
    }
    return copy;
  }

  /** A primitive and its arguments so far. */
  final class Call {
    private final Kernel kernel;
    private final Map<Argument, Slot> arguments = new EnumMap<>(Argument.class);
    private final Map<Slot, Slot> results = new LinkedHashMap<>();

    private Call(Kernel kernel) {
      this.kernel = kernel;
    }

    /** Takes an argument that has the right layout already. */
    Call with(Argument argument, Slot slot) {
      arguments.put(argument, slot);
      return this;
    }

    /** Reads an argument, reordered before if need be. */
    Call reads(Argument argument, Slot slot) {
      memory.desc wanted = kernel.descriptor(argument);
      if (wanted.equals(slot.descriptor())) {
        return with(argument, slot);
      }
      return with(argument, reordered(slot, wanted));
    }

    /** Writes a result, reordered afterwards if need be. */
    Call writes(Argument argument, Slot slot) {
      memory.desc wanted = kernel.descriptor(argument);
      if (wanted.equals(slot.descriptor())) {
        return with(argument, slot);
      }
      Slot written = temporary(wanted);
      results.put(written, slot);
      return with(argument, written);
    }

    /** Writes a result that only later steps read. */
    Slot passes(Argument argument) {
      Slot slot = temporary(kernel.descriptor(argument));
      with(argument, slot);
      return slot;
    }

    /** Adds the step to the plan. */
    void run() {
      memory.desc scratchpad = kernel.descriptor(Argument.SCRATCHPAD);
      if (scratchpad.get_size() > 0) {
        with(Argument.SCRATCHPAD, temporary(scratchpad));
      }
      steps.add(new Step(kernel, arguments));
      results.forEach(PlanBuilder.this::reorder);
    }
  }
}
