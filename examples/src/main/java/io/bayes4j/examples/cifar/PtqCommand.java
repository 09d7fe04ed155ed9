package io.bayes4j.examples.cifar;

import io.bayes4j.core.kernels.Precision;
import io.bayes4j.examples.Folders;
import io.bayes4j.examples.QuantizationTables;
import io.bayes4j.examples.QuantizationTables.Reading;
import io.bayes4j.examples.RangeMethod;
import io.bayes4j.examples.data.CifarData;
import io.bayes4j.examples.data.ColourImages;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.quant.Quantization;
import io.bayes4j.quant.QuantizationOptions;
import io.bayes4j.quant.Quantizer;
import io.bayes4j.report.ClassificationReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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
    ColourImages test = data.test().first(arguments.images());
    // Compiled before they are timed.
    network.read(test.first(WARM_UP), arguments.samples(), arguments.precision());
    int8.read(test.first(WARM_UP), arguments.samples(), Precision.F32);
    Evaluation.Outcome floats =
        new Evaluation(network, arguments, out).run(data, validation, List.of(), report, command);
    long start = System.nanoTime();
    Prediction integers = int8.read(test, arguments.samples(), Precision.F32);
    double seconds = (System.nanoTime() - start) / 1e9;
    QuantizationTables tables = new QuantizationTables();
    tables
        .test(
            "Test images",
            test.labels(),
            new Reading(floats.test(), Files.size(checkpoint), floats.seconds()),
            new Reading(integers, Files.size(output), seconds))
        .forEach(out::println);
    out.flush();
    for (ColourImages images : arguments.foreign(network.seed())) {
      tables.foreign(
          images.name(),
          Objects.requireNonNull(floats.foreign().get(images.name())),
          int8.read(images, arguments.samples(), Precision.F32));
    }
    ClassificationReport page = floats.report();
    page.compare("The same in 8-bit integers", integers);
    tables.addTo(page, done.report());
    page.write(report);
  }
}
