package io.bayes4j.core.kernels;

import io.bayes4j.core.testing.KernelProviderContract;

class Nd4jKernelsTest extends KernelProviderContract {
  @Override
  protected KernelProvider provider() {
    return Kernels.portable();
  }
}
