package io.bayes4j.examples.cifar;

import picocli.CommandLine.Command;

/** {@code cifar}: train, evaluate, predict, ptq. */
@Command(
    name = "cifar",
    description = {
      "Residual networks on CIFAR-10, plain or Bayesian, from scratch or from PyTorch's weights.",
      "It needs CIFAR-10: --data, the cache, or a download from the data set's own site (162 MB)."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      PtqCommand.class
    })
public final class CifarCommand {
  private CifarCommand() {}
}
