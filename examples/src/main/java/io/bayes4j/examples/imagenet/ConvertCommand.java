package io.bayes4j.examples.imagenet;

import io.bayes4j.examples.Folders;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.variational.Estimator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code imagenet convert}: a trained network made Bayesian. */
@Command(
    name = "convert",
    description = "Makes one of torchvision's residual networks Bayesian by MOPED, and saves it.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private WeightOptions weights;

  @Option(names = "--estimator", description = "How weights are drawn: ${COMPLETION-CANDIDATES}.")
  private Estimator estimator = Estimator.REPARAMETERIZATION;

  @Option(names = "--delta", description = "Standard deviation of a weight, as a share of it.")
  private double delta = 0.1;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "Where to write the network.")
  private Path checkpoint = Path.of("checkpoints", "imagenet.safetensors");

  ConvertCommand() {}

  @Override
  public Integer call() throws IOException {
    Folders.requireWritable("--checkpoint", Folders.of(checkpoint));
    ImageNetNetwork network = weights.read();
    PrintWriter out = spec.commandLine().getOut();
    if (network.estimator().isPresent() || network.integers()) {
      throw new IllegalArgumentException(
          "--weights must be of a plain network, but is " + network.words());
    }
    ImageNetNetwork bayesian = network.bayesian(estimator, delta);
    bayesian.save(checkpoint);
    out.printf(
        Locale.US,
        "%s, %,d parameters%nNetwork: %s%n",
        bayesian.words(),
        Layers.parameterCount(bayesian.model()),
        checkpoint);
    out.flush();
    return 0;
  }
}
