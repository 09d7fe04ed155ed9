package io.bayes4j.onednn;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.testing.KernelProviderContract;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;

/** oneDNN computes what every provider must, to the same tolerance as the portable one. */
class OneDnnContractTest extends KernelProviderContract {
  private static final KernelProvider PROVIDER = new OneDnn();

  @Override
  protected KernelProvider provider() {
    return PROVIDER;
  }

  /** What a kernel reads before it writes there then shows in its result. */
  @BeforeEach
  void fillTemporaryMemoryWithNaN() {
    long bytes = 1 << 20;
    int allBitsMakeNaN = 0xFF;
    Workspace workspace = Workspace.take();
    Pointer.memset(new At(workspace.reserve(bytes)), allBitsMakeNaN, bytes);
    workspace.giveBack();
  }

  private static final class At extends Pointer {
    At(long place) {
      address = place;
    }
  }
}
