package io.bayes4j.examples.imagenet;

import picocli.CommandLine.Command;

/** {@code imagenet}: evaluate, convert, ptq. */
@Command(
    name = "imagenet",
    description = {
      "Torchvision's residual networks on pictures in ImageNet's layout: a folder for each class,"
          + " in",
      "the order of their names. Pictures and weights are yours: neither comes with the examples."
    },
    mixinStandardHelpOptions = true,
    subcommands = {EvaluateCommand.class, ConvertCommand.class, PtqCommand.class})
public final class ImageNetCommand {
  private ImageNetCommand() {}
}
