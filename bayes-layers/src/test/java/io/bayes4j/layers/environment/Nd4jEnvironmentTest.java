package io.bayes4j.layers.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner.ProfilingMode;
import org.nd4j.linalg.factory.Nd4j;

/** Nothing of ours depends on what a program has set globally in ND4J, or changes it. */
@SuppressWarnings("deprecation") // Programs set profiling modes in this way, too.
public class Nd4jEnvironmentTest {
  @TempDir static Path folder;
  private static Results plain;

  /** What is found once, such as constants of classes, is found in an unusual environment. */
  @BeforeAll
  static void unusualFirst() {
    Results first = new Results();
    try (Nd4jSettings settings = Nd4jSettings.changed()) {
      settings.types(DataType.DOUBLE, DataType.DOUBLE);
      Nd4j.factory().setOrder('f');
      Nd4j.getExecutioner().setProfilingMode(ProfilingMode.ANY_PANIC);
      AllJourneys.run(Journeys.inputs(), folder, first);
    }
    plain = new Results();
    AllJourneys.run(Journeys.inputs(), folder, plain);
    first.assertSame("first", plain);
    assertThat(plain.size()).isGreaterThan(250);
  }

  @AfterAll
  static void allIsRestored() {
    assertThat(Nd4j.dataType()).isEqualTo(DataType.FLOAT);
    assertThat(Nd4j.order()).isEqualTo('c');
    assertThat(Nd4j.getExecutioner().getProfilingMode()).isEqualTo(ProfilingMode.DISABLED);
  }

  static Stream<Nd4jSettings.Change> changes() {
    return Nd4jSettings.changes();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  protected void allIsTheSame(Nd4jSettings.Change change) {
    Results own = new Results();
    try (Nd4jSettings settings = Nd4jSettings.changed()) {
      change.setting().accept(settings);
      String before = Nd4jSettings.seen();
      AllJourneys.run(Journeys.inputs(), folder, own);
      assertThat(Nd4jSettings.seen()).as("settings").isEqualTo(before);
    }
    own.assertSame(change.name(), plain);
  }

  /** The settings do what they are for: without this the comparisons would say nothing. */
  @Test
  void theSettingsAct() {
    try (Nd4jSettings settings = Nd4jSettings.changed()) {
      settings.types(DataType.DOUBLE, DataType.DOUBLE);
      Nd4j.factory().setOrder('f');
      assertThat(Nd4j.zeros(2, 3).dataType()).isEqualTo(DataType.DOUBLE);
      assertThat(Nd4j.create(DataType.FLOAT, 2, 3).ordering()).isEqualTo('f');
      for (ProfilingMode mode :
          new ProfilingMode[] {ProfilingMode.INF_PANIC, ProfilingMode.ANY_PANIC}) {
        Nd4j.getExecutioner().setProfilingMode(mode);
        INDArray infinite = Nd4j.createFromArray(1f, Float.NEGATIVE_INFINITY);
        assertThatThrownBy(() -> infinite.add(1)).hasMessageContaining("Inf");
      }
    }
  }
}
