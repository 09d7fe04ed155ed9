package io.bayes4j.layers.environment;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
import org.nd4j.linalg.profiler.ProfilerConfig.ProfilerConfigBuilder;

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

  /** One thing, or a few, that a program may set. */
  public record Change(String name, Consumer<Nd4jSettings> setting) {
    static Change of(String name, Runnable setting) {
      return new Change(name, settings -> setting.run());
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** Everything that is tried. */
  public static Stream<Change> changes() {
    return Stream.of(types(), modes(), checks(), others()).flatMap(changes -> changes);
  }

  private static Stream<Change> types() {
    return Stream.of(DataType.DOUBLE, DataType.HALF, DataType.BFLOAT16, DataType.FLOAT)
        .map(type -> new Change("default type " + type, s -> s.types(type, type)));
  }

  private static Stream<Change> modes() {
    // ALL counts operations and methods, as the two modes that count one of them do.
    Set<ProfilingMode> same =
        EnumSet.of(ProfilingMode.DISABLED, ProfilingMode.OPERATIONS, ProfilingMode.METHODS);
    return Stream.of(ProfilingMode.values())
        .filter(mode -> !same.contains(mode))
        .map(mode -> Change.of("mode " + mode, () -> Nd4j.getExecutioner().setProfilingMode(mode)));
  }

  private static Stream<Change> checks() {
    return Stream.of(
        check("NaN", builder -> builder.checkForNAN(true)),
        check("infinity", builder -> builder.checkForINF(true)),
        check(
            "all",
            builder ->
                builder
                    .checkForNAN(true)
                    .checkForINF(true)
                    .checkWorkspaces(true)
                    .checkElapsedTime(true)));
  }

  private static Change check(String name, Consumer<ProfilerConfigBuilder> setting) {
    return Change.of(
        "check of " + name,
        () -> {
          ProfilerConfigBuilder builder = ProfilerConfig.builder();
          setting.accept(builder);
          Nd4j.getExecutioner().setProfilingConfig(builder.build());
        });
  }

  private static Stream<Change> others() {
    Environment environment = Nd4j.getEnvironment();
    return Stream.of(
        Change.of("order", () -> Nd4j.factory().setOrder('f')),
        Change.of(
            "random state",
            () -> {
              Nd4j.getRandom().setSeed(12345);
              Nd4j.getRandom().nextGaussian(new long[] {7});
            }),
        Change.of("one thread", () -> environment.setMaxThreads(1)),
        Change.of(
            "many threads for little work",
            () -> {
              environment.setMaxMasterThreads(3);
              environment.setElementwiseThreshold(1);
              environment.setTadThreshold(1);
            }),
        Change.of(
            "memory, loose comparisons",
            () -> {
              Nd4j.getMemoryManager().togglePeriodicGc(true);
              Nd4j.getMemoryManager().setOccasionalGcFrequency(5);
              Nd4j.getWorkspaceManager().setDebugMode(DebugMode.SPILL_EVERYTHING);
              Nd4j.EPS_THRESHOLD = 10;
            }));
  }
}
