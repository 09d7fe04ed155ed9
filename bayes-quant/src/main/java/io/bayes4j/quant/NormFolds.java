package io.bayes4j.quant;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.KeptAside;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batch normalisations that can become part of the layer before them, on whatever graph: those
 * whose only input is the result of one layer, which nothing else reads.
 *
 * <p>Who else reads a result cannot be seen from outside: a block may add it to something. So the
 * network is run with every such result doubled, and halved again in front of its normalisation:
 * what the network returns changes only if something else reads it.
 */
final class NormFolds {
  private static final double TOLERANCE = 1e-3;

  private final CalibrationRun run;
  private final IdentityHashMap<Layer, BatchNorm> folds = new IdentityHashMap<>();

  private NormFolds(CalibrationRun run) {
    this.run = run;
  }

  /**
   * The normalisations by the layer that they can become part of.
   *
   * @param quantized layers that will be quantized
   */
  static IdentityHashMap<Layer, BatchNorm> of(
      Layer model,
      IdentityHashMap<Layer, AffineOp> quantized,
      Observations seen,
      CalibrationRun run) {
    NormFolds found = new NormFolds(run);
    IdentityHashMap<Layer, List<Slot<?>>> holders = Layers.holders(model);
    IdentityHashMap<Layer, BatchNorm> all = new IdentityHashMap<>();
    for (Layers.Located place : Layers.of(model)) {
      if (place.layer() instanceof BatchNorm norm) {
        Layer source = seen.source(norm);
        boolean fits = source != null && fits(quantized.get(source), norm, seen, source);
        Identity nothing = new Identity();
        boolean replaceable =
            Require.entry(holders, norm).stream().allMatch(slot -> slot.accepts(nothing))
                && !Require.entry(holders, norm).isEmpty();
        if (fits && replaceable) {
          // Two normalisations of one result: neither can be folded.
          all.merge(source, norm, (a, b) -> null);
        }
      }
    }
    List<Fold> folds = new ArrayList<>();
    all.forEach((layer, norm) -> folds.add(new Fold(layer, norm)));
    found.choose(folds, holders);
    return found.folds;
  }

  private static boolean fits(
      @Nullable AffineOp op, BatchNorm norm, Observations seen, Layer source) {
    if (op == null) {
      return false;
    }
    boolean channels = !(op instanceof AffineOp.Dense) || seen.sample(source).rank() == 2;
    return channels && norm.spec().runningStatistics() && op.units() == norm.spec().channels();
  }

  private void choose(List<Fold> all, IdentityHashMap<Layer, List<Slot<?>>> holders) {
    if (all.isEmpty()) {
      return;
    }
    float[] expected = outputs(List.of(), holders);
    boolean together = same(expected, outputs(all, holders));
    for (Fold fold : all) {
      if (together || same(expected, outputs(List.of(fold), holders))) {
        folds.put(fold.layer, fold.norm);
      }
    }
  }

  private float[] outputs(List<Fold> doubled, IdentityHashMap<Layer, List<Slot<?>>> holders) {
    try (Arena arena = Arena.lasting()) {
      Snapshot snapshot = new Snapshot(arena);
      for (Fold fold : doubled) {
        Layer twice = new Scaled(fold.layer, 2, false);
        Layer half = new Scaled(fold.norm, 0.5, true);
        Require.entry(holders, fold.layer).forEach(slot -> snapshot.keep(slot, twice));
        Require.entry(holders, fold.norm).forEach(slot -> snapshot.keep(slot, half));
      }
      return run.outputs(snapshot);
    }
  }

  private static boolean same(float[] expected, float[] actual) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs(expected[i] - actual[i]));
    }
    return difference <= TOLERANCE * largest;
  }

  /** A layer and the normalisation behind it. */
  private record Fold(@KeptAside Layer layer, @KeptAside BatchNorm norm) {}

  /** A layer whose result, or input, is multiplied. */
  private record Scaled(@KeptAside Layer layer, double factor, boolean input) implements Layer {
    @Override
    public Var forward(Var x, Pass pass) {
      return input
          ? layer.forward(Ops.scale(x, factor), pass)
          : Ops.scale(layer.forward(x, pass), factor);
    }
  }

  /** What a normalisation multiplies each channel by, and then adds. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Scale(float[] factors, float[] shifts) {
    static Scale of(BatchNorm norm) {
      int channels = Math.toIntExact(norm.spec().channels());
      float[] mean =
          FloatWeights.finite("running_mean", Require.entry(norm.buffers(), "running_mean"));
      float[] variance =
          FloatWeights.finite("running_var", Require.entry(norm.buffers(), "running_var"));
      float[] factors = new float[channels];
      float[] shifts = new float[channels];
      boolean affine = norm.spec().affine();
      float[] none = new float[0];
      float[] scale = affine ? number(norm, "weight") : none;
      float[] shift = affine ? number(norm, "bias") : none;
      for (int c = 0; c < channels; c++) {
        double one = (affine ? scale[c] : 1) / Math.sqrt(variance[c] + norm.spec().epsilon());
        factors[c] = (float) one;
        shifts[c] = (float) ((affine ? shift[c] : 0) - mean[c] * one);
      }
      return new Scale(factors, shifts);
    }

    private static float[] number(BatchNorm norm, String name) {
      return FloatWeights.finite(name, Require.entry(norm.parameters(), name).value());
    }
  }
}
