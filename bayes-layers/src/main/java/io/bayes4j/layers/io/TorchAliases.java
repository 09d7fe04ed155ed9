package io.bayes4j.layers.io;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Names that PyTorch models have, or had once, for what a model here calls otherwise. */
final class TorchAliases {
  private static final Pattern DENSE_LAYER =
      Pattern.compile("(denselayer\\d+\\.(?:norm|relu|conv))\\.([12])(?=\\.)");

  private static final List<UnaryOperator<String>> RULES =
      List.of(
          // A parameter of a block itself, such as a layer scale, is one of a node here.
          name -> name + ".weight",
          // torchvision's DenseNet files have names of before 2018.
          name -> DENSE_LAYER.matcher(name).replaceAll("$1$2"),
          // Its transformers' files have the names of their first version.
          name -> name.replace(".mlp.linear_1.", ".mlp.0.").replace(".mlp.linear_2.", ".mlp.3."));

  private TorchAliases() {}

  /**
   * The model's name for an array of a file; the file's if there is none.
   *
   * @param wanted names of the model
   */
  static String in(String name, Set<String> wanted) {
    if (wanted.contains(name)) {
      return name;
    }
    for (UnaryOperator<String> rule : RULES) {
      String other = rule.apply(name);
      if (wanted.contains(other)) {
        return other;
      }
    }
    return name;
  }
}
