package io.bayes4j.examples.mnist;

import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.data.LoadedData;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mnist evaluate}: the figures of a trained network. */
@Command(
    name = "evaluate",
    description = "Evaluates a trained network on test digits and on what is no digit.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private DataArguments data;
  @Mixin private ComputeOptions compute;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "mnist.safetensors");

  EvaluateCommand() {}

  @Override
  public Integer call() throws IOException {
    compute.apply();
    DigitReader reader = DigitReader.load(checkpoint, compute.precision());
    PrintWriter out = spec.commandLine().getOut();
    LoadedData digits = data.load(out);
    Results results = new Results(out);
    results.print(reader, Evaluation.of(reader, digits, results::print));
    return 0;
  }
}
