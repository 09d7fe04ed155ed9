package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.testing.KernelProviderContract;

class Nd4jKernelsTest extends KernelProviderContract {
  @Override
  protected KernelProvider provider() {
    return Kernels.portable();
  }
}
