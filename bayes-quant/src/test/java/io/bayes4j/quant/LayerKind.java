package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kind of layer.
 *
 * @param plain makes it, deterministic
 * @param drawn whether there are only estimators that draw weights
 * @param parts how many layers are quantized
 * @param shapeX of its input; of whole numbers if the layer looks them up
 */
@SuppressWarnings("ArrayRecordComponent") // Kinds are never compared.
record LayerKind(
    String name, Function<Init, Layer> plain, boolean drawn, int parts, long... shapeX) {
  /** How many words there are, and numbers of them. */
  private static final int WORDS = 20;

  static final List<LayerKind> ALL =
      List.of(
          new LayerKind(new AffineOp.Dense(60, 9, true), 40, 60),
          new LayerKind(new AffineOp.Dense(60, 9, false), 10, 7, 60),
          new LayerKind(new AffineOp.Conv(ConvSpec.conv1d(6, 5, 3).withPadding(1)), 12, 6, 20),
          new LayerKind(
              new AffineOp.Conv(ConvSpec.conv1d(6, 4, 3).withGroups(2).withSamePadding()),
              12,
              6,
              20),
          new LayerKind(
              new AffineOp.Conv(ConvSpec.conv2d(5, 8, 3).withStride(2).withPadding(1)),
              8,
              5,
              11,
              10),
          new LayerKind(
              new AffineOp.Conv(
                  ConvSpec.conv2d(6, 6, 3).withGroups(6).withDilation(2).withoutBias()),
              8,
              6,
              11,
              10),
          new LayerKind(new AffineOp.Conv(ConvSpec.conv3d(4, 5, 2).withPadding(1)), 4, 4, 5, 6, 5),
          new LayerKind(
              new AffineOp.Conv(
                  ConvSpec.conv1d(6, 5, 3).withPadding(2).withPaddingMode(PaddingMode.REFLECT)),
              12,
              6,
              20),
          new LayerKind(
              new AffineOp.Conv(
                  ConvSpec.conv2d(5, 8, 3)
                      .withStride(2, 1)
                      .withPadding(1, 2)
                      .withPaddingMode(PaddingMode.REPLICATE)),
              8,
              5,
              9,
              8),
          new LayerKind(
              new AffineOp.Conv(
                  ConvSpec.conv2d(4, 6, 3)
                      .withGroups(2)
                      .withPadding(2)
                      .withDilation(2)
                      .withPaddingMode(PaddingMode.CIRCULAR)),
              8,
              4,
              9,
              8),
          new LayerKind(
              new AffineOp.Conv(
                  ConvSpec.conv3d(4, 6, 2)
                      .withGroups(2)
                      .withDilation(1, 2, 2)
                      .withPadding(1)
                      .withPaddingMode(PaddingMode.REPLICATE)),
              4,
              4,
              5,
              6,
              5),
          new LayerKind(
              new AffineOp.Conv(ConvSpec.conv3d(6, 6, 2).withGroups(3).withDilation(2)),
              6,
              6,
              5,
              6,
              5),
          new LayerKind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv1d(6, 5, 3).withStride(2).withOutputPadding(1)),
              12,
              6,
              11),
          new LayerKind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv2d(6, 4, 3).withStride(2, 1).withPadding(1).withGroups(2)),
              6,
              6,
              7,
              6),
          new LayerKind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv2d(4, 3, 3)
                      .withDilation(2)
                      .withStride(2)
                      .withPadding(5)
                      .withoutBias()),
              6,
              4,
              9,
              8),
          new LayerKind(
              new AffineOp.ConvTranspose(ConvSpec.conv3d(3, 4, 2).withStride(2)), 4, 3, 4, 3, 4),
          new LayerKind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv3d(4, 6, 3)
                      .withGroups(2)
                      .withStride(2)
                      .withPadding(1)
                      .withOutputPadding(1, 0, 1)),
              4,
              4,
              3,
              4,
              3),
          new LayerKind("LSTM", init -> new Lstm(6, 9, init), true, 1, 30, 7, 6),
          new LayerKind("GRU", init -> new Gru(6, 9, init), true, 1, 30, 7, 6),
          new LayerKind("LSTM both ways", init -> new Lstm(deep(), init), true, 1, 30, 7, 6),
          new LayerKind("GRU both ways", init -> new Gru(deep(), init), true, 1, 30, 7, 6),
          new LayerKind(
              "Embedding", init -> new Embedding(EmbeddingOp.of(WORDS, 8), init), false, 1, 10, 6),
          new LayerKind(
              "Attention",
              init -> new MultiheadAttention(AttentionSpec.of(12, 3), init),
              false,
              4,
              10,
              6,
              12));

  private static RecurrentSpec deep() {
    return RecurrentSpec.of(6, 9).withLayers(2).withBidirectional();
  }

  LayerKind(AffineOp op, long... shapeX) {
    this(name(op), init -> ofOperation(op, init), false, 1, shapeX);
  }

  List<Estimator> estimators() {
    List<Estimator> all = new ArrayList<>(Arrays.asList(Estimator.values()));
    if (drawn) {
      all.remove(Estimator.LOCAL_REPARAMETERIZATION);
    }
    return all;
  }

  boolean looksUp() {
    return plain.apply(Init.seeded(1)) instanceof Embedding;
  }

  boolean drawsOtherNumbers() {
    Layer layer = plain.apply(Init.seeded(1));
    return layer instanceof Recurrent
        || (layer instanceof Affine affine && affine.op() instanceof AffineOp.ConvTranspose);
  }

  INDArray x() {
    INDArray x = Noise.seeded(5).normals(shapeX);
    if (!looksUp()) {
      return x;
    }
    float[] words = new float[Math.toIntExact(x.length())];
    for (int i = 0; i < words.length; i++) {
      words[i] = i * 7 % WORDS;
    }
    return Detached.of(words, shapeX);
  }

  private static String name(AffineOp op) {
    String kind = op.getClass().getSimpleName();
    return (op instanceof AffineOp.Convolutional conv ? kind + conv.spec().rank() + "d" : kind)
        + "("
        + op
        + ")";
  }

  private static Layer ofOperation(AffineOp op, Init init) {
    return VariationalLayers.plain(
            VariationalLayers.fresh(op, Estimator.FLIPOUT, VariationalSpec.defaults(), init))
        .orElseThrow();
  }
}
