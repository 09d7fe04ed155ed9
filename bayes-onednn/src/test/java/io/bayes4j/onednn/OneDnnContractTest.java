package io.bayes4j.onednn;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.testing.KernelProviderContract;

/** oneDNN computes what every provider must, to the same tolerance as the portable one. */
class OneDnnContractTest extends KernelProviderContract {
  private static final KernelProvider PROVIDER = new OneDnn();

  @Override
  protected KernelProvider provider() {
    return PROVIDER;
  }
}
