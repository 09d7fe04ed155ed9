package io.bayes4j.layers.variational;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.layers.AffineLayer;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose1d;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.ConvTranspose3d;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.RecurrentOp;
import java.util.Optional;

/** Makes the plain layer of a Bayesian one, at its means. */
final class PlainLayers {
  private PlainLayers() {}

  static Optional<Layer> of(VariationalLayer bayesian) {
    Optional<Layer> plain = untrained(bayesian);
    plain.ifPresent(layer -> takeMeans(bayesian, layer));
    return plain;
  }

  private static Optional<Layer> untrained(VariationalLayer bayesian) {
    Init overwritten = Init.seeded(0);
    if (bayesian instanceof VariationalAffine affine) {
      return Optional.of(affine(affine.op(), overwritten));
    }
    if (bayesian instanceof VariationalRecurrent recurrent) {
      RecurrentOp op = recurrent.op();
      return Optional.of(
          op.cell() == RecurrentCell.LSTM
              ? new Lstm(op.spec(), overwritten)
              : new Gru(op.spec(), overwritten));
    }
    if (bayesian instanceof EmbeddingReparameterization embedding) {
      return Optional.of(new Embedding(embedding.op(), overwritten));
    }
    return Optional.empty();
  }

  private static Layer affine(AffineOp op, Init init) {
    if (op instanceof AffineOp.Dense dense) {
      return new Linear(dense.inputs(), dense.units(), dense.hasBias(), init);
    }
    if (!(op instanceof AffineOp.Convolutional convolutional)) {
      return new AffineLayer(op, init);
    }
    ConvSpec spec = convolutional.spec();
    boolean transposed = op instanceof AffineOp.ConvTranspose;
    return switch (spec.rank()) {
      case 1 -> transposed ? new ConvTranspose1d(spec, init) : new Conv1d(spec, init);
      case 2 -> transposed ? new ConvTranspose2d(spec, init) : new Conv2d(spec, init);
      default -> transposed ? new ConvTranspose3d(spec, init) : new Conv3d(spec, init);
    };
  }

  private static void takeMeans(VariationalLayer bayesian, Layer plain) {
    bayesian
        .distributions()
        .forEach(
            (name, weights) -> {
              Parameter mean = weights.posterior().mu();
              Parameter own = Require.entry(plain.parameters(), name);
              own.assign(weights.posterior().mean().value());
              own.setTrainable(mean.trainable());
            });
  }
}
