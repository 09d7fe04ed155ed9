package io.bayes4j.core.variational;

import io.bayes4j.core.autograd.Gradients;
import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A divergence that is a sum over elements, and so over those alone that are not pruned. */
interface SummedKl {
  double value(INDArray mu, INDArray rho);

  /** Returns the value and writes its gradients, which share most of the work. */
  double valueWithGradient(INDArray mu, INDArray rho, INDArray gradMu, INDArray gradRho);

  /** The divergence of a posterior, with its gradient. */
  default Var of(GaussianPosterior posterior) {
    KeptElements kept = posterior.keptElements();
    if (kept.none()) {
      return Var.constant(0);
    }
    INDArray mu = kept.gather(posterior.mu().value());
    INDArray rho = kept.gather(posterior.rho().value());
    if (!Gradients.recording()) {
      return Var.constant(value(mu, rho));
    }
    INDArray gradMu = Arena.allocate(mu.shape());
    INDArray gradRho = Arena.allocate(mu.shape());
    INDArray value = Arena.allocate().assign(valueWithGradient(mu, rho, gradMu, gradRho));
    Var m = posterior.mu().var();
    Var r = posterior.rho().var();
    return Var.result(
        value,
        List.of(m, r),
        (g, sink) -> {
          sink.add(m, () -> kept.scatter(Elementwise.scale(gradMu, g.getFloat(0))));
          sink.add(r, () -> kept.scatter(Elementwise.scale(gradRho, g.getFloat(0))));
        });
  }
}
