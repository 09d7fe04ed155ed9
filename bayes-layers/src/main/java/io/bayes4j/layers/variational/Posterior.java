package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Init;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Posterior of a kernel and, unless it is null, of a bias: draws both as one. */
record Posterior(VariationalParameter kernel, @Nullable VariationalParameter bias) {
  /** Means that scale with the fan-in, as those of a plain layer, and one spread. */
  static Posterior fresh(AffineOp op, VariationalSpec spec, Init init) {
    Require.nonNull(op, "op");
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    return new Posterior(
        parameter(spec, init.kernel(op)), op.hasBias() ? parameter(spec, init.bias(op)) : null);
  }

  /** Given means, and the spread and prior of the spec. */
  static VariationalParameter parameter(VariationalSpec spec, INDArray mu) {
    INDArray sigma = Detached.fill(Detached.like(mu), spec.initialSigma());
    return new VariationalParameter(GaussianPosterior.ofSigma(mu, sigma), spec.prior());
  }

  Weights mean() {
    return both((q, name) -> q.mean());
  }

  Weights variance() {
    return both((q, name) -> Ops.square(q.standardDeviation()));
  }

  Weights sample(Noise noise) {
    return both((q, name) -> q.sample(noise.split(name)));
  }

  Weights perturbation(Noise noise) {
    return both((q, name) -> q.perturbation(noise.split(name)));
  }

  Map<String, VariationalParameter> byName() {
    Map<String, VariationalParameter> all = new LinkedHashMap<>();
    all.put("weight", kernel);
    if (bias != null) {
      all.put("bias", bias);
    }
    return all;
  }

  private Weights both(BiFunction<GaussianPosterior, String, Var> f) {
    return new Weights(
        f.apply(kernel.posterior(), "weight"),
        bias == null ? null : f.apply(bias.posterior(), "bias"));
  }
}
