package io.bayes4j.layers.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.enums.DebugMode;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ProfilingMode;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.profiler.OpProfiler;
import org.nd4j.linalg.profiler.ProfilerConfig;

/**
 * What ND4J lets a program set for all of it, but for which library multiplies ({@code
 * allowHelpers}): portable kernels round as that library does, as they would on another build of
 * ND4J. Closing this puts back what was there before.
 */
@SuppressWarnings("deprecation") // Programs set profiling modes and HALF in this way, too.
public final class Nd4jSettings implements AutoCloseable {
  private final DataType floating = Nd4j.defaultFloatingPointType();
  private final DataType all = Nd4j.dataType();
  private final char order = Nd4j.order();
  private final Environment environment = Nd4j.getEnvironment();
  private final int threads = environment.maxThreads();
  private final int masterThreads = environment.maxMasterThreads();
  private final int tadThreshold = environment.tadThreshold();
  private final int elementwiseThreshold = environment.elementwiseThreshold();
  private final int collections = Nd4j.getMemoryManager().getOccasionalGcFrequency();
  private final double tolerance = Nd4j.EPS_THRESHOLD;
  private final long rootState = Nd4j.getRandom().rootState();
  private final long nodeState = Nd4j.getRandom().nodeState();

  private Nd4jSettings() {}

  /** Before a change. */
  static Nd4jSettings changed() {
    return new Nd4jSettings();
  }

  void types(DataType general, DataType floatingPoint) {
    Nd4j.setDefaultDataTypes(general, floatingPoint);
  }

  @Override
  public void close() {
    Nd4j.getExecutioner().setProfilingMode(ProfilingMode.DISABLED);
    OpProfiler.getInstance().reset();
    Nd4j.setDefaultDataTypes(all, floating);
    Nd4j.factory().setOrder(order);
    environment.setMaxThreads(threads);
    environment.setMaxMasterThreads(masterThreads);
    environment.setTadThreshold(tadThreshold);
    environment.setElementwiseThreshold(elementwiseThreshold);
    Nd4j.getMemoryManager().togglePeriodicGc(false);
    Nd4j.getMemoryManager().setOccasionalGcFrequency(collections);
    Nd4j.getWorkspaceManager().setDebugMode(DebugMode.DISABLED);
    Nd4j.EPS_THRESHOLD = tolerance;
    Nd4j.getRandom().setStates(rootState, nodeState);
  }

  /** All that can be read back, the random state included. */
  static String seen() {
    Random random = Nd4j.getRandom();
    Environment environment = Nd4j.getEnvironment();
    List<Object> all = new ArrayList<>();
    all.addAll(List.of(Nd4j.dataType(), Nd4j.defaultFloatingPointType(), Nd4j.order()));
    all.addAll(List.of(random.getSeed(), random.rootState(), random.nodeState()));
    all.addAll(List.of(environment.maxThreads(), environment.maxMasterThreads()));
    all.addAll(List.of(environment.tadThreshold(), environment.elementwiseThreshold()));
    all.addAll(List.of(environment.helpersAllowed(), environment.isDebug()));
    all.addAll(List.of(Nd4j.getMemoryManager().isPeriodicGcActive(), Nd4j.EPS_THRESHOLD));
    all.add(Nd4j.getWorkspaceManager().getDebugMode());
    all.add(Objects.toString(Nd4j.getExecutioner().getProfilingMode()));
    return all.toString();
  }

  /** Things that a program may set, in one go. */
  public record Change(String name, Consumer<Nd4jSettings> setting) {
    static Change of(String name, Runnable setting) {
      return new Change(name, settings -> setting.run());
    }

    Change and(Change other) {
      return new Change(name + ", " + other.name, setting.andThen(other.setting));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * Everything that is tried, a few at a time. What panics at both NaN and infinity is there for
   * what panics at one. Modes that count operations are left out: they refuse nothing, and take
   * more time than all others.
   */
  public static Stream<Change> changes() {
    return Stream.of(
        mode(ProfilingMode.ANY_PANIC).and(type(DataType.HALF)).and(randomState()),
        type(DataType.BFLOAT16).and(oneThread()),
        mode(ProfilingMode.SCOPE_PANIC).and(type(DataType.DOUBLE)).and(manyThreads()),
        mode(ProfilingMode.BANDWIDTH).and(memory()),
        checks().and(Change.of("order", () -> Nd4j.factory().setOrder('f'))));
  }

  private static Change type(DataType type) {
    return new Change("default type " + type, s -> s.types(type, type));
  }

  private static Change mode(ProfilingMode mode) {
    return Change.of("mode " + mode, () -> Nd4j.getExecutioner().setProfilingMode(mode));
  }

  private static Change checks() {
    return Change.of(
        "all checks",
        () ->
            Nd4j.getExecutioner()
                .setProfilingConfig(
                    ProfilerConfig.builder()
                        .checkForNAN(true)
                        .checkForINF(true)
                        .checkWorkspaces(true)
                        .checkElapsedTime(true)
                        .build()));
  }

  private static Change randomState() {
    return Change.of(
        "random state",
        () -> {
          Nd4j.getRandom().setSeed(12345);
          Nd4j.getRandom().nextGaussian(new long[] {7});
        });
  }

  private static Change oneThread() {
    return Change.of("one thread", () -> Nd4j.getEnvironment().setMaxThreads(1));
  }

  private static Change manyThreads() {
    return Change.of(
        "many threads for little work",
        () -> {
          Environment environment = Nd4j.getEnvironment();
          environment.setMaxMasterThreads(3);
          environment.setElementwiseThreshold(1);
          environment.setTadThreshold(1);
        });
  }

  private static Change memory() {
    return Change.of(
        "memory, loose comparisons",
        () -> {
          Nd4j.getMemoryManager().togglePeriodicGc(true);
          Nd4j.getMemoryManager().setOccasionalGcFrequency(5);
          Nd4j.getWorkspaceManager().setDebugMode(DebugMode.SPILL_EVERYTHING);
          Nd4j.EPS_THRESHOLD = 10;
        });
  }
}
