package io.bayes4j.examples.mnist;

import io.bayes4j.core.uncertainty.CredibleInterval;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.examples.ComputeOptions;
import io.bayes4j.examples.data.ImageSet;
import io.bayes4j.examples.data.PngImages;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
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

/** {@code mnist predict}: reads PNG files. */
@Command(
    name = "predict",
    description = "Reads a digit from each PNG file, or says \"I don't know\".",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PredictCommand implements Callable<Integer> {
  private static final double LEVEL = 0.9;
  private static final int SHOWN = 3;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "PNG files of one digit each.")
  private List<Path> files;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "mnist.safetensors");

  PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    DigitReader reader = DigitReader.load(checkpoint, ComputeOptions.usualPrecision());
    List<ImageSet> digits = new ArrayList<>();
    for (Path file : files) {
      digits.add(PngImages.readDigit(file));
    }
    PrintWriter out = spec.commandLine().getOut();
    for (int i = 0; i < files.size(); i++) {
      print(out, files.get(i), reader, reader.read(digits.get(i)));
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, Path file, DigitReader reader, Prediction prediction) {
    int answer = prediction.decide(reader.rule())[0];
    out.printf(
        Locale.US,
        "%s: %s  (entropy %.3f, mutual information %.3f nats)%n",
        file,
        answer == RefusalRule.REFUSED ? "I don't know" : Integer.toString(answer),
        prediction.predictiveEntropy().getDouble(0),
        prediction.mutualInformation().getDouble(0));
    INDArray median = prediction.quantile(0.5);
    CredibleInterval interval = prediction.interval(LEVEL);
    IntStream.range(0, (int) median.size(1))
        .boxed()
        .sorted(Comparator.comparingDouble(k -> -median.getDouble(0, k)))
        .limit(SHOWN)
        .forEach(
            k ->
                out.printf(
                    Locale.US,
                    "    %d  median %.3f, 90 %% of the networks in [%.3f, %.3f]%n",
                    k,
                    median.getDouble(0, k),
                    interval.lower().getDouble(0, k),
                    interval.upper().getDouble(0, k)));
  }
}
