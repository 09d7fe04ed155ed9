package io.bayes4j.onednn;

import io.bayes4j.onednn.Plan.Slot;
import io.bayes4j.onednn.Plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.memory;

/** Puts a plan together, with a reorder wherever a primitive wants another layout or type. */
final class PlanBuilder {
  private final PlanKey key;
  private final List<Slot> slots = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private long temporaryBytes;

  private PlanBuilder(PlanKey key) {
    this.key = key;
  }

  /** Compiles the plan of a key. */
  static Plan compile(PlanKey key) {
    try {
      return Native.scoped(
          () -> {
            PlanBuilder builder = new PlanBuilder(key);
            key.operation().describe(builder);
            return new Plan(key.toString(), builder.slots, builder.steps, builder.temporaryBytes);
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
          Slot source = new Slot(0, OneDnnApi.descriptor(from), 0, 0);
          Slot target = new Slot(1, to, 1, 0);
          builder.reorder(builder.add(source), builder.add(target));
          return new Plan(
              "reorder of " + from, builder.slots, builder.steps, builder.temporaryBytes);
        });
  }

  /** The operand of an argument of the plan, in single precision. */
  Operand operand(int argument) {
    return key.operands().get(argument);
  }

  int arguments() {
    return key.operands().size();
  }

  /** What a primitive should multiply instead of this operand. */
  Operand multiplied(Operand operand) {
    return operand.in(key.precision());
  }

  <T> T attributes(Class<T> type) {
    return type.cast(key.attributes());
  }

  /** An argument of the plan. */
  Slot argument(int index) {
    return argument(index, operand(index));
  }

  /** An argument of the plan under another shape or with its axes swapped. */
  Slot argument(int index, Operand view) {
    return add(new Slot(slots.size(), OneDnnApi.descriptor(view), index, 0));
  }

  /** An argument whose maker asks the plan for its layout. */
  Slot inOwnLayout(int index, memory.desc descriptor) {
    return add(new Slot(slots.size(), descriptor, index, 0));
  }

  Slot temporary(memory.desc descriptor) {
    Slot slot = add(new Slot(slots.size(), descriptor, -1, temporaryBytes));
    temporaryBytes += Workspace.aligned(descriptor.get_size());
    return slot;
  }

  private Slot add(Slot slot) {
    slots.add(slot);
    return slot;
  }

  /** Starts a step, which {@link Call#run} ends. */
  Call call(Kernel kernel) {
    return new Call(kernel);
  }

  /** Adds a copy from one slot to another of the same shape. */
  void reorder(Slot from, Slot to) {
    Kernel kernel = OneDnnApi.reorder(from.descriptor(), to.descriptor());
    new Call(kernel).with(Argument.FROM, from).with(Argument.TO, to).run();
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
      Slot reordered = temporary(wanted);
      reorder(slot, reordered);
      return with(argument, reordered);
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
