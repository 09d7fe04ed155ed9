package io.bayes4j.examples.cifar;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourFile;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cifar predict}: names what picture files show. */
@Command(
    name = "predict",
    description = "Says what each picture shows, and how sure it is.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PredictCommand implements Callable<Integer> {
  private static final double LEVEL = 0.9;
  private static final int SHOWN = 3;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "PNG or JPEG files.")
  private List<Path> files;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "cifar.safetensors");

  @Option(names = "--samples", description = "Networks that are drawn to judge an image.")
  private int samples = 50;

  PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    CifarNetwork network = CifarNetwork.load(checkpoint);
    PrintWriter out = spec.commandLine().getOut();
    for (Path file : files) {
      print(
          out, file, network.read(ColourFile.read(file), samples, ComputeOptions.usualPrecision()));
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, Path file, Prediction prediction) {
    out.printf(
        Locale.US,
        "%s: %s  (entropy %.3f, mutual information %.3f nats)%n",
        file,
        CifarData.CLASSES.get(prediction.classes()[0]),
        prediction.predictiveEntropy().getDouble(0),
        prediction.mutualInformation().getDouble(0));
    INDArray median = prediction.quantile(0.5);
    CredibleInterval interval = prediction.interval(LEVEL);
    IntStream.range(0, CifarData.CLASSES.size())
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -median.getDouble(0, k)))
        .limit(SHOWN)
        .forEach(
            k ->
                out.printf(
                    Locale.US,
                    "    %-10s  median %.3f, 90 %% of the networks in [%.3f, %.3f]%n",
                    CifarData.CLASSES.get(k),
                    median.getDouble(0, k),
                    interval.lower().getDouble(0, k),
                    interval.upper().getDouble(0, k)));
  }
}
