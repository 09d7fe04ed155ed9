package io.bayes4j.layers.predict;

import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.layers.BatchStatistics;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Takes examples through a network, once for each draw of it, in pieces: each with kernels of one
 * thread, so that nobody waits for anybody, and activations stay in the cache. The draws of a piece
 * follow each other, so that what does not depend on the draw is computed once.
 *
 * @param model the network
 * @param batchSize most examples of a piece
 */
record DrawLoop(Layer model, int batchSize) {
  /** Floats of input that a thread takes through the network at once: few enough for its cache. */
  private static final int PIECE = 1 << 16;

  /** Examples that are enough to keep a kernel busy, whatever their size. */
  private static final int LEAST_PIECE = 32;

  /** Memory of the activations, shared by all predictors. */
  private static final ArenaPool BATCHES = new ArenaPool();

  /** Takes what the network returns. */
  @FunctionalInterface
  interface Sink {
    /** Takes the output of a draw for the examples from ... to - 1. */
    void put(int sample, long from, long to, INDArray y);
  }

  /** A pass and the number of its sample. */
  record Draw(int sample, Pass pass) {}

  /**
   * All threads take pieces. Each begins with other draws, or all would wait while one of them
   * makes them.
   */
  void run(INDArray rows, List<Draw> draws, Sink sink) {
    int piece = pieceSize(rows);
    Parallel.RangeTask task =
        (from, to) -> piece(rows, from, to, turned(draws, from / piece), sink);
    if (isOnePiece(rows)) {
      // Outside of a loop, where kernels have all threads.
      task.run(0, rows.size(0));
    } else {
      Parallel.forRange(rows.size(0), piece, task);
    }
  }

  /** The calling thread alone takes all pieces. */
  void runAlone(INDArray rows, List<Draw> draws, Sink sink) {
    Parallel.alone(() -> run(rows, draws, sink));
  }

  /**
   * All examples are one piece, and threads share its draws. All of them work at the first draw,
   * and at the others too if there are fewer than threads, or if the first layers do the same for
   * all draws, which each thread would have to repeat.
   */
  void runDrawsApart(INDArray rows, List<Draw> draws, Sink sink) {
    long n = rows.size(0);
    List<Draw> others = draws.subList(1, draws.size());
    Var x = Var.constant(rows);
    boolean apart =
        Gradients.off(
            () ->
                BATCHES.scope(
                    arena -> {
                      DrawInvariantResults settled = new DrawInvariantResults(x);
                      run(arena, x, settled, 0, n, draws.subList(0, 1), sink);
                      if (others.size() >= Parallel.threads() && !settled.areComputed()) {
                        return true;
                      }
                      run(arena, x, settled, 0, n, others, sink);
                      return false;
                    }));
    if (apart) {
      Parallel.forRange(
          others.size(),
          1,
          (from, to) -> piece(rows, 0, n, others.subList((int) from, (int) to), sink));
    }
  }

  /** Whether the examples are one piece. */
  boolean isOnePiece(INDArray rows) {
    return pieceSize(rows) >= rows.size(0);
  }

  /** Examples that a thread takes at once: the same number whatever the threads. */
  private int pieceSize(INDArray rows) {
    long examples = rows.size(0);
    long fast = Math.max(LEAST_PIECE, PIECE / (rows.length() / examples));
    if (examples <= Math.min(batchSize, fast)) {
      return Math.toIntExact(examples);
    }
    long most = BatchStatistics.ofEveryBatch(model) ? batchSize : Math.min(batchSize, fast);
    long pieces = (examples + most - 1) / most;
    return (int) ((examples + pieces - 1) / pieces);
  }

  /** The draws in the order in which a piece goes through them. */
  private static List<Draw> turned(List<Draw> draws, long piece) {
    int threads = Parallel.threads();
    List<Draw> turned = new ArrayList<>(draws);
    Collections.rotate(turned, (int) (piece % threads) * draws.size() / threads);
    return turned;
  }

  /** All draws on a piece of the examples. */
  private void piece(INDArray rows, long from, long to, List<Draw> draws, Sink sink) {
    boolean all = from == 0 && to == rows.size(0);
    Var x = Var.constant(all ? rows : rows.get(NDArrayIndex.interval(from, to)));
    Gradients.off(
        () ->
            BATCHES.scope(
                arena -> run(arena, x, new DrawInvariantResults(x), from, to, draws, sink)));
  }

  private boolean run(
      Arena arena,
      Var x,
      DrawInvariantResults settled,
      long from,
      long to,
      List<Draw> draws,
      Sink sink) {
    for (Draw draw : draws) {
      Pass pass = PassControl.sharing(draw.pass.forExamplesFrom(from), settled);
      arena.scope(
          () -> {
            sink.put(draw.sample, from, to, pass.run(model, x).value());
            settled.keepIn(arena);
          });
    }
    return true;
  }
}
