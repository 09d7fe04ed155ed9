package io.bayes4j.core.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A divergence that is a sum over elements, and so over those alone that are not pruned. */
interface SummedKl {
  double value(INDArray mu, INDArray rho);

  /** Writes a multiple of the gradients of the value. */
  void gradient(INDArray mu, INDArray rho, float scale, INDArray gradMu, INDArray gradRho);

  /** The divergence of a posterior, with its gradient. */
  default Var of(GaussianPosterior posterior) {
    KeptElements kept = posterior.keptElements();
    if (kept.none()) {
      return Var.constant(0);
    }
    INDArray mu = kept.gather(posterior.mu().value());
    INDArray rho = kept.gather(posterior.rho().value());
    Var m = posterior.mu().var();
    Var r = posterior.rho().var();
    return Var.result(
        scalar(value(mu, rho)),
        List.of(m, r),
        (g, sink) -> {
          INDArray gradMu = Arena.like(mu);
          INDArray gradRho = Arena.like(rho);
          gradient(mu, rho, g.getFloat(0), gradMu, gradRho);
          sink.add(m, kept.scatter(gradMu));
          sink.add(r, kept.scatter(gradRho));
        });
  }

  private static INDArray scalar(double value) {
    INDArray scalar = Arena.allocate();
    FloatMemory.of(scalar, "value").write(0, new float[] {(float) value}, 1);
    return scalar;
  }
}
