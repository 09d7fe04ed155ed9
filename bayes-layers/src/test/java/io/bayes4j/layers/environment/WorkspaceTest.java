package io.bayes4j.layers.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Dataset;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.MirroringPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Inside an ND4J workspace of the caller's, all is as outside, and the workspace is left alone. */
public class WorkspaceTest {
  private static final long ROOM = 1 << 17;

  @TempDir static Path folder;
  private static Results plain;

  @BeforeAll
  static void outside() {
    plain = new Results();
    Journeys.run(Journeys.inputs(), folder, plain);
    assertThat(plain.size()).isGreaterThan(200);
  }

  @AfterEach
  void close() {
    assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isNull();
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
  }

  private static WorkspaceConfiguration.WorkspaceConfigurationBuilder policy() {
    return WorkspaceConfiguration.builder()
        .initialSize(ROOM)
        .policyAllocation(AllocationPolicy.STRICT)
        .policyLearning(LearningPolicy.NONE)
        .policySpill(SpillPolicy.FAIL);
  }

  static Stream<Arguments> policies() {
    return Stream.of(
        Arguments.of("fails when full", policy().build()),
        Arguments.of("spills", policy().policySpill(SpillPolicy.EXTERNAL).build()),
        Arguments.of(
            "learns",
            WorkspaceConfiguration.builder()
                .policyLearning(LearningPolicy.FIRST_LOOP)
                .policySpill(SpillPolicy.EXTERNAL)
                .build()),
        Arguments.of(
            "learns over time",
            WorkspaceConfiguration.builder()
                .policyLearning(LearningPolicy.OVER_TIME)
                .cyclesBeforeInitialization(2)
                .policySpill(SpillPolicy.REALLOCATE)
                .policyAllocation(AllocationPolicy.OVERALLOCATE)
                .overallocationLimit(0.5)
                .build()),
        Arguments.of(
            "goes round",
            policy()
                .policyReset(ResetPolicy.ENDOFBUFFER_REACHED)
                .policySpill(SpillPolicy.EXTERNAL)
                .build()),
        Arguments.of("host only", policy().policyMirroring(MirroringPolicy.HOST_ONLY).build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("policies")
  void allIsAsOutside(String name, WorkspaceConfiguration policy) {
    for (int cycle = 0; cycle < 2; cycle++) {
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy, "of the caller")) {
        Map<String, INDArray> inputs = new LinkedHashMap<>();
        Journeys.inputs().forEach((key, array) -> inputs.put(key, array.dup('c')));
        INDArray own = Nd4j.valueArrayOf(new long[] {100}, 9, DataType.FLOAT);
        assertThat(own.isAttached()).isTrue();
        long taken = workspace.getThisCycleAllocations();
        long offset = workspace.getCurrentOffset();

        Results inside = new Results();
        Journeys.run(inputs, folder, inside);

        assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(workspace);
        assertThat(workspace.getThisCycleAllocations()).isEqualTo(taken);
        assertThat(workspace.getCurrentOffset()).isEqualTo(offset);
        inside.assertSame(name + ", cycle " + cycle, plain);
        for (int i = 0; i < 100; i++) {
          assertThat(own.getFloat(i)).isEqualTo(9);
        }
      }
    }
  }

  @Test
  void allIsAsOutsideInNestedAndBorrowedWorkspaces() {
    try (MemoryWorkspace outer =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy().build(), "outer")) {
      Map<String, INDArray> inputs = new LinkedHashMap<>();
      Journeys.inputs().forEach((key, array) -> inputs.put(key, array.dup('c')));
      long taken = outer.getThisCycleAllocations();
      try (MemoryWorkspace inner =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy().build(), "inner")) {
        Results inside = new Results();
        Journeys.run(inputs, folder, inside);
        inside.assertSame("nested", plain);
        try (MemoryWorkspace borrowed = outer.notifyScopeBorrowed()) {
          Results again = new Results();
          Journeys.run(inputs, folder, again);
          again.assertSame("borrowed", plain);
          assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(borrowed);
        }
        assertThat(inner.getThisCycleAllocations()).isZero();
      }
      assertThat(outer.getThisCycleAllocations()).isEqualTo(taken);
    }
  }

  /** The case of the report: a predictor from outside, four cycles of one workspace. */
  @Test
  void aPredictorServesCycleAfterCycle() {
    Sequential model = Journeys.model();
    MonteCarlo predictor = MonteCarlo.of(model).samples(4);
    INDArray expected = predictor.outputs(Journeys.inputs().get("images"));
    MonteCarlo made = null;
    List<INDArray> kept = new ArrayList<>();
    for (int cycle = 0; cycle < 4; cycle++) {
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy().build(), "of the caller")) {
        INDArray x = Journeys.inputs().get("images").dup('c');
        INDArray own = Nd4j.valueArrayOf(new long[] {100}, 9, DataType.FLOAT);
        made = made == null ? MonteCarlo.of(Journeys.model()).samples(4) : made;
        kept.add(predictor.outputs(x));
        kept.add(made.outputs(x));
        assertThat(own.sumNumber().doubleValue()).isEqualTo(900);
        assertThat(workspace.getCurrentOffset()).isPositive();
      }
    }
    assertThat(kept).hasSize(8).allMatch(array -> array.equals(expected));
  }

  /** What was made from arrays in a workspace is right when these have been overwritten. */
  @Test
  void whatIsKeptOutlivesTheCycle() throws IOException {
    Map<String, INDArray> in = Journeys.inputs();
    Sequential expected = Journeys.model();
    trainer(expected, Dataset.of(in.get("images"), in.get("targets"))).fit();
    Dataset data;
    GaussianPrior prior;
    Var noise;
    Sequential model;
    Trainer trainer;
    try (MemoryWorkspace workspace =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy().build(), "of the caller")) {
      data = Dataset.of(in.get("images").dup('c'), in.get("targets").dup('c'));
      prior = Journeys.prior(in.get("rows").dup('c'));
      noise = Var.constant(Noise.seeded(1).normals(12, 6));
      model = Journeys.model();
      trainer = trainer(model, data);
      assertThat(workspace.getCurrentOffset()).isPositive();
    }
    for (int cycle = 0; cycle < 2; cycle++) {
      try (MemoryWorkspace workspace =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(policy().build(), "of the caller")) {
        INDArray all = Nd4j.valueArrayOf(new long[] {ROOM / 8}, 77, DataType.FLOAT);
        assertThat(all.isAttached()).isTrue();
        if (cycle == 0) {
          trainer.fit();
        }
        assertThat(all.meanNumber().doubleValue()).isEqualTo(77);
        assertThat(workspace.getCurrentOffset()).isPositive();
      }
    }
    INDArray x = in.get("images");
    assertThat(MonteCarlo.of(model).outputs(x)).isEqualTo(MonteCarlo.of(expected).outputs(x));
    assertThat(prior.mean()).isEqualTo(in.get("rows"));
    assertThat(noise.value()).isEqualTo(in.get("rows"));
  }

  private static Trainer trainer(Sequential model, Dataset data) {
    return Trainer.of(
            model,
            (y, t) -> Losses.meanSquaredError().of(io.bayes4j.core.ops.Ops.slice(y, 1, 0, 2), t),
            data)
        .batchSize(5)
        .epochs(2)
        .build();
  }
}
