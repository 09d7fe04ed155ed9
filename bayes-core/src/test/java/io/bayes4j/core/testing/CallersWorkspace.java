package io.bayes4j.core.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An ND4J workspace that a caller has open around our work. */
public final class CallersWorkspace {
  private static final long ROOM = 1 << 17;
  private static final WorkspaceConfiguration FAILS_WHEN_FULL =
      WorkspaceConfiguration.builder()
          .initialSize(ROOM)
          .policyAllocation(AllocationPolicy.STRICT)
          .policyLearning(LearningPolicy.NONE)
          .policySpill(SpillPolicy.FAIL)
          .build();

  private CallersWorkspace() {}

  /**
   * Does some work in one cycle of a workspace, of which it must take nothing, and overwrites all
   * of the workspace in the next.
   */
  public static <T> T around(Supplier<T> work) {
    T result;
    try (MemoryWorkspace workspace = open()) {
      INDArray own = Nd4j.valueArrayOf(new long[] {100}, 9, DataType.FLOAT);
      assertThat(own.isAttached()).isTrue();
      long taken = workspace.getThisCycleAllocations();
      result = work.get();
      assertThat(workspace.getThisCycleAllocations()).isEqualTo(taken);
      assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(workspace);
      assertThat(own.data().asFloat()).containsOnly(9);
    }
    try (MemoryWorkspace workspace = open()) {
      INDArray all = Nd4j.valueArrayOf(new long[] {ROOM / 8}, 77, DataType.FLOAT);
      assertThat(all.isAttached()).isTrue();
      assertThat(workspace.getCurrentOffset()).isPositive();
    }
    Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
    return result;
  }

  private static MemoryWorkspace open() {
    return Nd4j.getWorkspaceManager().getAndActivateWorkspace(FAILS_WHEN_FULL, "of the caller");
  }
}
