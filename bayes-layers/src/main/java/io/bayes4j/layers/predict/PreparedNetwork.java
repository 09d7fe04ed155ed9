package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Kl;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Draws of one network that are made once: the network as it was, what has been drawn of its
 * weights, and what has been made of these for its kernels, in memory of their own.
 */
final class PreparedNetwork {
  /** Of less work, threads that share it would cost more than they save. */
  private static final long WORTH_SHARING_NANOSECONDS = 2_000_000;

  private final DrawLoop loop;
  private final List<DrawLoop.Draw> draws = new ArrayList<>();

  /** Where the network and its draws live. */
  private final Arena drawn = Arena.lasting();

  /** Where that lives which has been made of them. */
  private final Arena made = Arena.lasting();

  private final Snapshot snapshot = new Snapshot(drawn);

  /** Nanoseconds that one thread took for an example of the last call that it did. */
  private volatile long perExample;

  /**
   * The network as it is now, nothing drawn yet.
   *
   * @param samples number of draws
   * @param passes makes the pass of a draw
   */
  PreparedNetwork(DrawLoop loop, Mode mode, int samples, IntFunction<Pass> passes) {
    this.loop = loop;
    int drawnTimes = mode.drawsWeights() ? samples : 0;
    long spare = ModelAccess.reading(loop.model(), () -> copyModel(loop.model(), drawnTimes));
    DerivedWeights kernels = DerivedWeights.in(drawn, made, spare);
    for (int sample = 0; sample < samples; sample++) {
      Pass pass = PassControl.keepingDrawsIn(passes.apply(sample), drawn, kernels);
      draws.add(new DrawLoop.Draw(sample, pass));
    }
  }

  /**
   * Takes the snapshot.
   *
   * @param drawnTimes how often weights will be drawn
   * @return bytes for what is made of weights, so that all is at most one and a half times the
   *     network with its draws, or twice the network if that is more
   */
  private long copyModel(Layer model, int drawnTimes) {
    for (Layers.Located place : Layers.of(model)) {
      place.layer().slots().forEach(slot -> keep(slot));
    }
    Layers.buffers(model).values().forEach(snapshot::copy);
    Collection<VariationalParameter> distributions = Kl.distributions(model).values();
    distributions.forEach(weights -> weights.posterior().keepIn(snapshot));
    Layers.parameters(model).values().stream().map(Parameter::value).forEach(snapshot::copy);
    long weights = distributions.stream().mapToLong(w -> w.posterior().mu().value().length()).sum();
    long posteriors = drawnTimes == 0 ? weights : 2 * weights;
    long whole = drawn.bytes() + (drawnTimes * weights - posteriors) * Float.BYTES;
    long network = drawn.bytes() - weights * Float.BYTES;
    return Math.max(0, Math.max(whole / 2, network) - posteriors * Float.BYTES);
  }

  private void keep(Slot<?> slot) {
    snapshot.keep(slot, slot.layer());
  }

  /** Number of draws. */
  int samples() {
    return draws.size();
  }

  /** Bytes that it holds. */
  long bytes() {
    return drawn.bytes() + made.bytes();
  }

  /**
   * All draws on all examples.
   *
   * @param alone whether other threads are busy with calls of their own
   */
  void run(INDArray rows, boolean alone, DrawLoop.Sink sink) {
    snapshot.in(
        () -> {
          choose(rows, alone, sink);
          return true;
        });
  }

  private void choose(INDArray rows, boolean alone, DrawLoop.Sink sink) {
    boolean onePiece = loop.isOnePiece(rows);
    if (!onePiece && !alone) {
      loop.run(rows, draws, sink);
    } else if (onePiece && !alone && perExample * rows.size(0) > WORTH_SHARING_NANOSECONDS) {
      loop.runDrawsApart(rows, draws, sink);
    } else {
      long start = System.nanoTime();
      loop.runAlone(rows, draws, sink);
      perExample = (System.nanoTime() - start) / rows.size(0);
    }
  }

  void close() {
    made.close();
    drawn.close();
  }
}
