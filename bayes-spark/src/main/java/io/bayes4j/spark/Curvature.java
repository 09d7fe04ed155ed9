package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalLayer;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A quadratic model of the loss of some examples around one point: its gradient, and the Kronecker
 * products that stand for the Fisher matrices of its dense layers (Martens and Grosse 2015).
 */
final class Curvature implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  private final ArrayList<DenseCurvature> layers;
  private final long count;

  Curvature(List<DenseCurvature> layers, long count) {
    this.layers = new ArrayList<>(layers);
    this.count = count;
  }

  /** By layer, in the order of {@link #layersOf}. */
  List<DenseCurvature> layers() {
    return layers;
  }

  /** The number of examples. */
  long count() {
    return count;
  }

  long bytes() {
    return Float.BYTES * layers.stream().mapToLong(DenseCurvature::numbers).sum();
  }

  /** The sum of all but one; null if there is no other. */
  static @Nullable Curvature without(int part, List<Curvature> parts) {
    if (parts.size() == 1) {
      return null;
    }
    List<DenseCurvature> sums = new ArrayList<>();
    for (DenseCurvature layer : parts.get(0).layers) {
      int units = (int) Math.sqrt(layer.outputs().length);
      sums.add(DenseCurvature.nothing(layer.gradient().length / units, units));
    }
    long count = 0;
    for (int other = 0; other < parts.size(); other++) {
      if (other != part) {
        for (int i = 0; i < sums.size(); i++) {
          sums.get(i).add(parts.get(other).layers.get(i));
        }
        count += parts.get(other).count;
      }
    }
    return new Curvature(sums, count);
  }

  /**
   * A network's Bayesian layers, each once.
   *
   * @throws IllegalArgumentException if one is not dense
   */
  static List<VariationalAffine> layersOf(Layer model) {
    Set<Layer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<VariationalAffine> layers = new ArrayList<>();
    for (Layers.Located place : Layers.of(model)) {
      if (place.layer() instanceof VariationalLayer && seen.add(place.layer())) {
        boolean dense =
            place.layer() instanceof VariationalAffine layer
                && layer.op() instanceof AffineOp.Dense;
        Require.argument(
            dense,
            "merging %s needs Bayesian layers that are dense, got %s at %s",
            Merging.CURVATURE,
            place.layer(),
            place.path());
        layers.add((VariationalAffine) place.layer());
      }
    }
    requireUntied(model, layers);
    return layers;
  }

  /** Two layers with one weight would each count its prior. */
  private static void requireUntied(Layer model, List<VariationalAffine> layers) {
    int weights = layers.stream().mapToInt(layer -> layer.distributions().size()).sum();
    List<VariationalParameter> all = List.copyOf(Kl.distributions(model).values());
    Require.argument(
        weights == all.size(),
        "merging %s needs layers that share no weights, got %d weights in %d places",
        Merging.CURVATURE,
        all.size(),
        weights);
  }
}
