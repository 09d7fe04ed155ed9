package io.bayes4j.examples.mnist;

import picocli.CommandLine.Command;

/** {@code mnist}: train, evaluate, predict, quantize, and two studies. */
@Command(
    name = "mnist",
    description = {
      "A Bayesian network reads handwritten digits, says how sure it is, and refuses what it cannot read.",
      "Without a command it trains; see 'mnist train --help' for its options."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      PtqCommand.class,
      CompareCommand.class,
      ContinualCommand.class
    })
public final class MnistCommand {
  private MnistCommand() {}
}
