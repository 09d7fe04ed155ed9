package io.bayes4j.examples.cifar;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.uncertainty.Calibration;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.RangeMethod;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.quant.LayerQuantization;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import io.bayes4j.report.ClassificationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code cifar ptq}: quantizes a trained network to 8-bit integers, and compares. */
@Command(
    name = "ptq",
    description = "Quantizes a trained network to 8-bit integers and compares the two.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class PtqCommand implements Callable<Integer> {
  /** Training images that ranges are found on. */
  private static final int CALIBRATION = 512;

  /** Test images that are read before anything is timed. */
  private static final int WARM_UP = 1024;

  @Spec private CommandSpec spec;
  @Mixin private CifarArguments arguments;

  @Option(names = "--checkpoint", paramLabel = "FILE", description = "File of the network.")
  private Path checkpoint = Path.of("checkpoints", "cifar.safetensors");

  @Option(
      names = "--range",
      paramLabel = "HOW",
      description = "How ranges of activations are found: ${COMPLETION-CANDIDATES}.")
  private RangeMethod range = RangeMethod.MIN_MAX;

  @Option(names = "--int8", paramLabel = "FILE", description = "File to write.")
  private Path output = Path.of("checkpoints", "cifar-int8.safetensors");

  @Option(names = "--report", paramLabel = "FILE", description = "The page about the result.")
  private Path report = Path.of("report", "cifar-int8.html");

  PtqCommand() {}

  @Override
  public Integer call() throws IOException {
    arguments.check();
    Folders.requireWritable("--int8", Folders.of(output));
    Folders.requireWritable("--report", Folders.of(report));
    CifarNetwork network = CifarNetwork.load(checkpoint);
    PrintWriter out = spec.commandLine().getOut();
    CifarData data = arguments.find(out);
    ColourImages train = data.train();
    Quantization done =
        Quantizer.calibrate(network.model(), train.first(CALIBRATION).tensor())
            .quantize(network::another, QuantizationOptions.defaults().withRange(range.range()));
    out.println(done.report());
    Quantizer.save(done.model(), output);
    Layer loaded = Quantizer.load(network::another, output);
    compare(network, network.with(loaded), done, data, out);
    return 0;
  }

  private void compare(
      CifarNetwork network, CifarNetwork int8, Quantization done, CifarData data, PrintWriter out)
      throws IOException {
    ColourImages train = data.train();
    int kept = Math.min(TrainCommand.VALIDATION, train.size() / 10);
    ColourImages validation = train.slice(train.size() - kept, train.size());
    String command =
        "examples/run "
            + String.join(" ", spec.root().commandLine().getParseResult().originalArgs());
    ClassificationReport page =
        new Evaluation(network, arguments, out).run(data, validation, List.of(), report, command);
    ColourImages test = data.test().first(arguments.images());
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("Float", network, arguments.precision(), test, Files.size(checkpoint), out));
    rows.add(row("8-bit integers", int8, Precision.F32, test, Files.size(output), out));
    page.compare("The same in 8-bit integers", int8.read(test, arguments.samples(), Precision.F32));
    page.table(
        "8-bit integers beside floats",
        List.of("", "Accuracy", "NLL", "ECE", "Mutual information", "Bytes", "Seconds"),
        rows);
    page.table(
        "Mean entropy before and after, in nats",
        List.of("", "Float", "8-bit integers"),
        entropies(network, int8, test));
    page.table(
        "What became of each layer",
        List.of("Layer", "It was", "Now", "Input", "Clipped", "SQNR, dB", "Spread"),
        done.report().entries().stream().map(PtqCommand::row).toList());
    page.write(report);
  }

  /** Of the test images, and of pictures of what is none of the classes. */
  private List<List<String>> entropies(CifarNetwork network, CifarNetwork int8, ColourImages test)
      throws IOException {
    List<ColourImages> sets = new ArrayList<>(List.of(test));
    sets.addAll(arguments.foreign(network.seed()));
    List<List<String>> rows = new ArrayList<>();
    for (ColourImages images : sets) {
      rows.add(
          List.of(
              images == test ? "Test images" : images.name(),
              entropy(network.read(images, arguments.samples(), arguments.precision())),
              entropy(int8.read(images, arguments.samples(), Precision.F32))));
    }
    return rows;
  }

  private static String entropy(Prediction prediction) {
    return String.format(
        Locale.US, "%.3f", prediction.predictiveEntropy().meanNumber().doubleValue());
  }

  private static List<String> row(LayerQuantization layer) {
    String none = "";
    return List.of(
        layer.path(),
        layer.layer(),
        layer.outcome().name().toLowerCase(Locale.ROOT) + ", " + layer.detail(),
        layer
            .input()
            .map(
                in -> String.format(Locale.US, "%s of %.3g", in.signed() ? "s8" : "u8", in.scale()))
            .orElse(none),
        layer
            .input()
            .map(in -> String.format(Locale.US, "%,d of %,d", in.clipped(), in.seen()))
            .orElse(none),
        layer.signalToNoise().isPresent()
            ? String.format(Locale.US, "%.1f", layer.signalToNoise().getAsDouble())
            : none,
        layer.spreadRatio().isPresent()
            ? String.format(Locale.US, "%.3f", layer.spreadRatio().getAsDouble())
            : none);
  }

  private List<String> row(
      String name,
      CifarNetwork network,
      Precision precision,
      ColourImages test,
      long bytes,
      PrintWriter out) {
    // Compiled before it is timed.
    network.read(test.first(WARM_UP), arguments.samples(), precision);
    long start = System.nanoTime();
    Prediction prediction = network.read(test, arguments.samples(), precision);
    double seconds = (System.nanoTime() - start) / 1e9;
    ClassificationScores scores = Calibration.scores(prediction.mean(), test.labels());
    double information = prediction.mutualInformation().meanNumber().doubleValue();
    List<String> row =
        List.of(
            name,
            String.format(Locale.US, "%.2f %%", 100 * scores.accuracy()),
            String.format(Locale.US, "%.4f", scores.nll()),
            String.format(Locale.US, "%.4f", scores.ece()),
            String.format(Locale.US, "%.4f", information),
            String.format(Locale.US, "%,d", bytes),
            String.format(Locale.US, "%.2f", seconds));
    out.printf(
        Locale.US,
        "%s: accuracy %s, NLL %s, ECE %s, mutual information %s, %s bytes, %s s%n",
        row.toArray());
    out.flush();
    return row;
  }
}
