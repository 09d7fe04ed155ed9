package io.bayes4j.layers.zoo;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.BatchWeight;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Slice;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.WeightArithmetic;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A transformer over patches of images (Dosovitskiy et al. 2021), with torchvision's names.
 *
 * @param image side of the images, which the file's positions are for
 * @param patch side of the patches
 * @param depth number of layers
 * @param heads of the attention of each
 * @param units features of a patch
 * @param hidden units within the layers
 */
record VisionTransformer(int image, int patch, int depth, int heads, int units, long hidden) {
  private static final double EPSILON = 1e-6;

  static VisionTransformer base16() {
    return new VisionTransformer(224, 16, 12, 12, 768, 3072);
  }

  Block build(LayerFactory layers, int classes) {
    long patches = (long) (image / patch) * (image / patch);
    return new Chain()
        .from("class_token", new BatchWeight(Detached.zeros(1, 1, units)), Chain.INPUT)
        .from(
            "conv_proj",
            layers.conv2d(ConvSpec.conv2d(3, units, patch).withStride(patch)),
            Chain.INPUT)
        .add("patches", Reshape.of(0, units, patches))
        .add("tokens", Permute.of(0, 2, 1))
        .join("sequence", new Concat(1), "class_token")
        .add("encoder", encoder(layers, patches + 1))
        .add("first", Slice.of(1, 0, 1))
        .add("class", Reshape.of(0, units))
        .add("heads", new Chain().add("head", layers.linear(units, classes)).build())
        .build();
  }

  private Layer encoder(LayerFactory layers, long tokens) {
    Chain all = new Chain();
    for (int i = 0; i < depth; i++) {
      all.add("encoder_layer_" + i, encoderLayer(layers));
    }
    return new Chain()
        .add("pos_embedding", new WeightArithmetic(Arithmetic.ADD, positions(tokens), false))
        .add("layers", all.build())
        .add("ln", new LayerNorm(EPSILON, true, units))
        .build();
  }

  /** Small normal numbers, as torchvision begins with. */
  private INDArray positions(long tokens) {
    return Detached.scale(Init.seeded(0).normals(1, tokens, units), 0.02);
  }

  private Layer encoderLayer(LayerFactory layers) {
    return new Chain()
        .add("ln_1", new LayerNorm(EPSILON, true, units))
        .add("self_attention", attention(layers))
        .plus(Chain.INPUT)
        .add("ln_2", new LayerNorm(EPSILON, true, units))
        .add(
            "mlp",
            new Chain()
                .add("0", layers.linear(units, hidden))
                .add("1", Activation.GELU_EXACT)
                .add("3", layers.linear(hidden, units))
                .build())
        .plus("plus_" + Chain.INPUT)
        .build();
  }

  private Layer attention(LayerFactory layers) {
    MultiheadAttention attention =
        new MultiheadAttention(AttentionSpec.of(units, heads), Init.zeros());
    for (Slot<?> slot : attention.slots()) {
      if (slot.name().endsWith("_proj")) {
        slot.replace(layers.linear(units, units));
      }
    }
    return attention;
  }
}
