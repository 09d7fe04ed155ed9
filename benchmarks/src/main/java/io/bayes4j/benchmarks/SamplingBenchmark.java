package io.bayes4j.benchmarks;

import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.internal.GaussianGradients;
import io.bayes4j.core.variational.internal.GaussianKernels;
import io.bayes4j.core.variational.internal.GaussianWork;
import io.bayes4j.core.variational.internal.PriorMoments;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Drawing weights, and their divergence with its gradient: {@code benchmarks/run jmh
 * SamplingBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2) // The first iteration runs interpreted code.
@Measurement(iterations = 5, time = 2)
public class SamplingBenchmark {
  /** Number of weights: a small layer, one that fits the caches, one that does not. */
  @Param({"4096", "262144", "1048576"})
  int weights;

  private final Noise noise = Noise.seeded(1);
  private final PriorMoments prior = PriorMoments.of(0, 1);
  private INDArray mu;
  private INDArray rho;
  private INDArray out;
  private INDArray other;
  private INDArray rhoGradient;
  private INDArray sum;

  /** Makes the arrays. */
  @Setup
  public void prepare() {
    mu = noise.normals(weights);
    rho = noise.split(1).normals(weights).subi(3);
    out = mu.ulike();
    other = mu.ulike();
    rhoGradient = mu.ulike();
    sum = Nd4j.scalar(0f);
  }

  /** Normals alone. */
  @Benchmark
  public void normals() {
    noise.fillNormals(out);
  }

  /** mu + softplus(rho) * eps. */
  @Benchmark
  public void sample() {
    GaussianKernels.sample(mu, rho, noise, out);
  }

  /** Gradient of rho behind a draw. */
  @Benchmark
  public void rhoGradient() {
    GaussianKernels.rhoGradient(mu, rho, noise, out);
  }

  /** Divergence and both its gradients. */
  @Benchmark
  public double klWithGradient() {
    GaussianKernels.klGradient(mu, rho, prior, 1f, out, other);
    return GaussianKernels.kl(mu, rho, prior);
  }

  /** A draw and the divergence in one walk, as in a step of training. */
  @Benchmark
  public void sampleWithKl() {
    GaussianWork work = GaussianWork.on(mu, rho);
    work.sample(noise, out);
    work.kl(prior, sum);
    work.run();
  }

  /** The gradients behind both in one walk; the other array stands for the draw's gradient. */
  @Benchmark
  public void gradientsOfBoth() {
    GaussianGradients gradients = new GaussianGradients(mu, rho);
    gradients.draw(other, noise, true);
    gradients.divergence(prior, 1e-3f);
    gradients.intoMu(out, false);
    gradients.intoRho(rhoGradient, false);
    gradients.run();
  }
}
