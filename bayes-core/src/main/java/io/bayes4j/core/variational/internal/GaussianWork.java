package io.bayes4j.core.variational.internal;

import io.bayes4j.core.internal.FloatLoops;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.JoinedLoop;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.core.random.Noise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What is to be computed of the Gaussians of a tensor, in one walk over its elements: their means
 * and spreads are read once, and what several tasks need is computed once.
 *
 * <p>Arrays are as in {@link GaussianKernels}; they are checked when a task is added.
 */
public final class GaussianWork {
  /** Null if nobody asks for means. */
  private final @Nullable FloatMemory mu;

  private final FloatMemory rho;
  private final List<Task> tasks = new ArrayList<>();
  private final List<Runnable> endings = new ArrayList<>();

  /** Null if it is to be computed. */
  private final @Nullable FloatMemory sigma;

  private GaussianWork(@Nullable FloatMemory mu, FloatMemory rho, @Nullable FloatMemory sigma) {
    this.mu = mu;
    this.rho = rho;
    this.sigma = sigma;
  }

  /** Handles a chunk, with arrays of its own that are free when it returns. */
  @FunctionalInterface
  interface Task {
    void run(GaussianChunk chunk, Scratch scratch);
  }

  /** Nothing yet, on given means and spreads. */
  public static GaussianWork on(INDArray mu, INDArray rho) {
    return on(mu, rho, null);
  }

  /**
   * Nothing yet, on given means and spreads.
   *
   * @param sigma softplus(rho), if somebody has computed it
   */
  public static GaussianWork on(INDArray mu, INDArray rho, @Nullable INDArray sigma) {
    FloatMemory means = FloatMemory.of(mu, "mu");
    long length = means.length();
    return new GaussianWork(
        means,
        FloatMemory.of(rho, "rho", length),
        sigma == null ? null : FloatMemory.of(sigma, "sigma", length));
  }

  /** Nothing yet, for tasks that ask for no means. */
  static GaussianWork onSpreads(INDArray rho) {
    return new GaussianWork(null, FloatMemory.of(rho, "rho"), null);
  }

  /** Number of Gaussians. */
  public long length() {
    return rho.length();
  }

  void add(Task task) {
    tasks.add(task);
  }

  /** Adds something to be done by one thread after all tasks have run. */
  void addEnding(Runnable ending) {
    endings.add(ending);
  }

  /** Also: out = mu + softplus(rho) * eps, where eps are the first normals of the noise. */
  public void sample(Noise noise, INDArray out) {
    FloatMemory target = FloatMemory.of(out, "out", length());
    add(
        (chunk, scratch) -> {
          float[] eps = scratch.array();
          noise.normals(eps, 0, chunk.n(), chunk.at());
          FloatLoops.multiplyAdd(chunk.sigma(), eps, chunk.mu(), eps, chunk.n());
          target.write(chunk.at(), eps, chunk.n());
        });
  }

  /** Also: out = softplus(rho) * eps, where eps are the first normals of the noise. */
  public void perturb(Noise noise, INDArray out) {
    FloatMemory target = FloatMemory.of(out, "out", length());
    add(
        (chunk, scratch) -> {
          float[] eps = scratch.array();
          noise.normals(eps, 0, chunk.n(), chunk.at());
          FloatLoops.multiply(chunk.sigma(), eps, eps, chunk.n());
          target.write(chunk.at(), eps, chunk.n());
        });
  }

  /** Also: the only element of out = KL(N(mu, softplus(rho)^2) || prior), summed over elements. */
  public void kl(PriorMoments prior, INDArray out) {
    FloatMemory target = FloatMemory.of(out, "out", 1);
    GaussianKl kl = new GaussianKl(prior, length());
    kl.addTo(this);
    addEnding(() -> target.write(0, new float[] {(float) kl.value()}, 1));
  }

  /** Puts all tasks into a loop that serves other tensors, too; {@link #end} is for afterwards. */
  public void addTo(JoinedLoop loop) {
    loop.add(length(), Scratch.SIZE, this::run);
  }

  /** Runs all tasks. */
  public void run() {
    JoinedLoop loop = new JoinedLoop();
    addTo(loop);
    loop.run();
    end();
  }

  /** Hands over what is known only once all chunks are done. */
  public void end() {
    endings.forEach(Runnable::run);
  }

  /** Runs all tasks on elements from ... to - 1, a chunk at a time. */
  public void run(long from, long to) {
    for (long at = from; at < to; at += Scratch.SIZE) {
      try (Scratch scratch = Scratch.open()) {
        int n = (int) Math.min(Scratch.SIZE, to - at);
        GaussianChunk chunk = new GaussianChunk(mu, rho, sigma, at, n, scratch);
        for (Task task : tasks) {
          try (Scratch own = Scratch.open()) {
            task.run(chunk, own);
          }
        }
      }
    }
  }
}
